using SecureUserData.Ports;

namespace SecureUserData.Embedded.Sqlite;

/// <summary>Calls to entities at a later time.</summary>
internal sealed class SqliteWakeups(SqliteWriter writer, SqliteReaders readers) : IWakeups
{
    public Task SetAsync(string entity, DateTimeOffset? due) =>
        writer.WriteAsync((entity, due: Milliseconds(due)), static (w, set) => set.due is null
            ? w.Prepare("DELETE FROM wakeup WHERE id = $1").Run(set.entity)
            : w.Prepare("INSERT INTO wakeup (id, due) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET due = $2")
                .Run(set.entity, set.due));

    internal IReadOnlyList<(string Entity, long Due)> Due(DateTimeOffset now, int limit) => readers.List(
        "SELECT id, due FROM wakeup WHERE due <= $1 ORDER BY due",
        [now.ToUnixTimeMilliseconds()],
        row => (row.Text(0), row.Integer(1)),
        limit);

    /// <summary>The time of the first one; null when there is none.</summary>
    internal DateTimeOffset? Next() => readers.Read(
        "SELECT due FROM wakeup ORDER BY due",
        [],
        row => row.Read() ? DateTimeOffset.FromUnixTimeMilliseconds(row.Integer(0)) : (DateTimeOffset?)null);

    /// <summary>Puts a wake-up off, unless it was set to another time since.</summary>
    internal Task PostponeAsync(string entity, long due, DateTimeOffset until) =>
        writer.WriteAsync((entity, due, until: until.ToUnixTimeMilliseconds()), static (w, put) =>
            w.Prepare("UPDATE wakeup SET due = $3 WHERE id = $1 AND due = $2").Run(put.entity, put.due, put.until));

    /// <summary>Takes a wake-up off the list, unless it was set to another time since.</summary>
    internal Task DoneAsync(string entity, long due) =>
        writer.WriteAsync((entity, due), static (w, done) =>
            w.Prepare("DELETE FROM wakeup WHERE id = $1 AND due = $2").Run(done.entity, done.due));

    private static long? Milliseconds(DateTimeOffset? due) => due is { } at ? WakeupTime.ToMilliseconds(at) : null;
}
