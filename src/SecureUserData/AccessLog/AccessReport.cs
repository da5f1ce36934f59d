using SecureUserData.Applications;
using SecureUserData.Ports;

namespace SecureUserData.AccessLog;

/// <summary>Who accessed what of one application's users, gathered from the whole log by pages, one writer after the
/// other.</summary>
/// <param name="id">The application.</param>
/// <param name="log">The log.</param>
/// <param name="rent">Rents the application's keys.</param>
internal sealed class AccessReport(AppId id, IAccessLog log, Func<ValueTask<KeyLease>> rent)
{
    /// <summary>Rows that one page looks at, at the most, so that no page takes long.</summary>
    private const int RowsPerPage = 10_000;

    internal async Task<Page<AccessLogEntry>> ReadAsync(ScriptId? script, string? after, int limit)
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
                        return new Page<AccessLogEntry>(found, cursor.ToString());
                }
            }
        return new Page<AccessLogEntry>(found, null);

        async Task<bool> IsFullAsync(long writer, IReadOnlyList<LogScanRow> rows)
        {
            using var lease = await rent(); // after the rows: a version that came meanwhile verifies too
            foreach (var (position, row) in rows)
            {
                cursor[writer] = position;
                if (await FindAsync(row, script, lease.Keys) is not { } entry) continue;
                found.Add(entry);
                if (found.Count == limit) return true;
            }
            return false;
        }
    }

    /// <summary>The entry of a row, checked; null when it is not asked for.</summary>
    private async ValueTask<AccessLogEntry?> FindAsync(LogRow row, ScriptId? script, ApplicationKeys keys)
    {
        if (ExpiredBody.TryRead(row.Body, out _)) return null; // it does not say any more what it was
        var entry = LogEntry.Parse(row.Body, LogMac.Place(row.Chain, row.Sequence));
        if (entry.App != id.ToString()
            || entry.Activity is not (Activity.DataRead or Activity.ReadRefused)
            || (script is not null && entry.Actor != script.ToString()))
            return null;
        await new Chain(row.Chain, id, log).GetAsync(row.Sequence, keys.Log);
        return entry.ToView(row.Chain, row.Sequence);
    }
}
