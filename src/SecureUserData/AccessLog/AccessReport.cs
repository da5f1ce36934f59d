using SecureUserData.Applications;
using SecureUserData.Entities;
using SecureUserData.Ports;

namespace SecureUserData.AccessLog;

/// <summary>Who accessed what of one application's users, gathered from the whole log by pages.</summary>
/// <param name="id">The application.</param>
/// <param name="log">The log.</param>
/// <param name="rent">Rents the application's keys.</param>
internal sealed class AccessReport(AppId id, IAccessLog log, Func<ValueTask<KeyLease>> rent)
{
    /// <summary>Rows that one page looks at, at the most, so that no page takes long.</summary>
    private const int RowsPerPage = 10_000;

    internal async Task<Page<AccessLogEntry>> ReadAsync(ScriptId? script, long after, int limit)
    {
        var app = id.ToString();
        var actor = script?.ToString();
        var found = new List<AccessLogEntry>();
        for (var looked = 0; looked < RowsPerPage;)
        {
            var rows = await log.ScanAsync(1, after, Limits.PageItems);
            if (rows.Count == 0) return new Page<AccessLogEntry>(found, null);
            using var lease = await rent(); // after the rows: a version that came meanwhile verifies too
            foreach (var (position, row) in rows)
            {
                after = position;
                looked++;
                if (ExpiredBody.TryRead(row.Body, out _)) continue; // it does not say any more what it was
                var entry = LogEntry.Parse(row.Body, $"row {position} of the access log");
                if (entry.App != app
                    || entry.Activity is not (Activity.DataRead or Activity.ReadRefused)
                    || (actor is not null && entry.Actor != actor))
                    continue;
                await new Chain(row.Chain, id, log).GetAsync(row.Sequence, lease.Keys.Log);
                found.Add(entry.ToView(row.Chain, row.Sequence));
                if (found.Count == limit) return new Page<AccessLogEntry>(found, Paging.Text(after));
            }
        }
        return new Page<AccessLogEntry>(found, Paging.Text(after));
    }
}
