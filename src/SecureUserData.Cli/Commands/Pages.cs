using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Commands;

/// <summary>Follows the pages of a list.</summary>
internal static class Pages
{
    /// <summary>All items.</summary>
    internal static async Task<IReadOnlyList<T>> AllAsync<T>(
        Func<string?, Task<Page<T>>> read, ProgressLine progress, CancellationToken cancellation)
    {
        var items = new List<T>();
        string? cursor = null;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            var page = await read(cursor);
            items.AddRange(page.Items);
            progress.Report(items.Count);
            cursor = page.Next;
        }
        while (cursor is not null);
        return items;
    }
}
