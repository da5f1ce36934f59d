using SecureUserData.Applications;
using SecureUserData.Ports;

namespace SecureUserData.AccessLog;

/// <summary>What the log says of one application and its users, gathered from the whole of it by pages, one writer
/// after the other.</summary>
/// <param name="id">The application.</param>
/// <param name="log">The log.</param>
/// <param name="rent">Rents the application's keys.</param>
internal sealed class AccessReport(AppId id, IAccessLog log, Func<ValueTask<KeyLease>> rent)
{
    /// <summary>Rows that one page looks at, at the most, so that no page takes long.</summary>
    private const int RowsPerPage = 10_000;

    private readonly string _app = id.ToString();

    /// <summary>Who accessed what.</summary>
    internal Task<Page<AccessLogEntry>> ListAccessesAsync(ScriptId? script, string? after, int limit)
    {
        var actor = script?.ToString();
        return ListAsync(
            entry => entry.Activity is Activity.DataRead or Activity.ReadRefused
                && (actor is null || entry.Actor == actor),
            after,
            limit);
    }

    /// <summary>Who was looked for, in all parts of the look-ups.</summary>
    internal Task<Page<AccessLogEntry>> ListLookUpsAsync(string? after, int limit) =>
        ListAsync(entry => entry.Activity == Activity.UserLookedUp, after, limit);

    /// <summary>The cursor after all rows that there are; few come after the last batch.</summary>
    internal async Task<string> EndAsync()
    {
        var cursor = new LogCursor();
        for (long last = 0; await log.WritersAsync(last, Limits.PageItems) is { Count: > 0 } writers;)
            foreach (var writer in writers)
            {
                last = writer.Number;
                if (await log.NewestBatchAsync(last) is { } newest) cursor[last] = newest.Last;
                while (await log.ScanAsync(last, cursor[last], Limits.PageItems) is { Count: > 0 } rows)
                    cursor[last] = rows[^1].Position;
            }
        return cursor.ToString();
    }

    /// <summary>The entries that are asked for.</summary>
    internal async Task<LogPage> ReadAsync(Func<LogEntry, bool> isAsked, string? after, int limit)
    {
        var cursor = LogCursor.Parse(after);
        var found = new List<AccessLogEntry>();
        var looked = 0;
        for (long last = 0; await log.WritersAsync(last, Limits.PageItems) is { Count: > 0 } writers;)
            foreach (var writer in writers)
            {
                last = writer.Number;
                while (await log.ScanAsync(last, cursor[last], Limits.PageItems) is { Count: > 0 } rows)
                {
                    looked += rows.Count;
                    if (await IsFullAsync(last, rows) || looked >= RowsPerPage)
                        return new LogPage(found, cursor.ToString(), IsAtEnd: false);
                }
            }
        return new LogPage(found, cursor.ToString(), IsAtEnd: true);

        async Task<bool> IsFullAsync(long writer, IReadOnlyList<LogScanRow> rows)
        {
            using var lease = await rent(); // after the rows: a version that came meanwhile verifies too
            foreach (var (position, row) in rows)
            {
                cursor[writer] = position;
                if (await FindAsync(row, isAsked, lease.Keys) is not { } entry) continue;
                found.Add(entry);
                if (found.Count == limit) return true;
            }
            return false;
        }
    }

    private async Task<Page<AccessLogEntry>> ListAsync(Func<LogEntry, bool> isAsked, string? after, int limit)
    {
        var page = await ReadAsync(isAsked, after, limit);
        return new Page<AccessLogEntry>(page.Items, page.IsAtEnd ? null : page.Cursor);
    }

    /// <summary>The entry of a row, checked; null when it is not asked for.</summary>
    private async ValueTask<AccessLogEntry?> FindAsync(
        LogRow row, Func<LogEntry, bool> isAsked, ApplicationKeys keys)
    {
        if (ExpiredBody.TryRead(row.Body, out _)) return null; // it does not say any more what it was
        var entry = LogEntry.Parse(row.Body, LogMac.Place(row.Chain, row.Sequence));
        if (entry.App != _app || !isAsked(entry)) return null;
        var found = await new Chain(row.Chain, id, log).FindAsync(row.Sequence, keys.Log);
        return found?.ToView(row.Chain, row.Sequence); // null when it has been emptied since the page was read
    }
}

/// <param name="Items">The entries.</param>
/// <param name="Cursor">The cursor after them, and after all that was looked at for them.</param>
/// <param name="IsAtEnd">Whether there was nothing more.</param>
internal readonly record struct LogPage(IReadOnlyList<AccessLogEntry> Items, string Cursor, bool IsAtEnd);
