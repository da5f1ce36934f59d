using SecureUserData.Entities;
using SecureUserData.Ports;

namespace SecureUserData.Following;

/// <summary>What one kind of caller follows.</summary>
internal abstract class Feed
{
    /// <summary>What news there is of it.</summary>
    internal abstract string Topic { get; }

    /// <summary>The cursor after everything there is now.</summary>
    internal abstract ValueTask<string> EndAsync();

    /// <summary>What comes after a cursor.</summary>
    internal abstract Task<FeedPage> ReadAsync(string cursor, int limit);
}

/// <param name="Items">The entries.</param>
/// <param name="Cursor">The cursor after them.</param>
/// <param name="IsAtEnd">Whether there was nothing more.</param>
internal readonly record struct FeedPage(IReadOnlyList<AccessLogEntry> Items, string Cursor, bool IsAtEnd);

/// <summary>One chain. The cursor is the number of an entry.</summary>
/// <param name="chain">The chain.</param>
/// <param name="log">Where it is kept.</param>
/// <param name="read">Reads it as its owner allows the caller to.</param>
internal sealed class ChainFeed(
    string chain, IAccessLog log, Func<long, int, Task<IReadOnlyList<AccessLogEntry>>> read) : Feed
{
    internal override string Topic => chain;

    internal override async ValueTask<string> EndAsync() =>
        Paging.Text(await log.TailAsync(chain, 1) is [var newest] ? newest.Sequence : 0);

    internal override async Task<FeedPage> ReadAsync(string cursor, int limit)
    {
        var entries = await read(Paging.Number(cursor), limit);
        return new(entries, entries.Count > 0 ? Paging.Text(entries[^1].Sequence) : cursor, entries.Count < limit);
    }
}
