using SecureUserData.AccessLog;
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
    internal abstract Task<LogPage> ReadAsync(string cursor, int limit);
}

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

    internal override async Task<LogPage> ReadAsync(string cursor, int limit)
    {
        var entries = await read(Paging.Number(cursor), limit);
        return new(entries, entries.Count > 0 ? Paging.Text(entries[^1].Sequence) : cursor, entries.Count < limit);
    }
}

/// <summary>What is done with the data of an application's users, what they decide, and the application's own
/// rotations. The cursor says how far each writer's rows were looked at.</summary>
/// <param name="app">The application.</param>
/// <param name="report">Its report.</param>
internal sealed class ApplicationFeed(AppId app, AccessReport report) : Feed
{
    internal override string Topic => app.ToString();

    internal override async ValueTask<string> EndAsync() => await report.EndAsync();

    internal override async Task<LogPage> ReadAsync(string cursor, int limit)
    {
        var page = await report.ReadAsync(IsShown, cursor, limit);
        return page with { Items = [.. page.Items.OrderBy(entry => entry.At)] }; // several writers' come one by one
    }

    private static bool IsShown(LogEntry entry) => entry.Activity is
        Activity.DataRead or Activity.ReadRefused or Activity.ConsentDecided or Activity.UserErased
        or Activity.KeyRotationStarted or Activity.KeyRotationFinished or Activity.KeyRotationCancelled;
}
