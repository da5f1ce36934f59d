using SecureUserData.Access;
using SecureUserData.Cryptography;
using SecureUserData.Entities;
using SecureUserData.Ports;

namespace SecureUserData.AccessLog;

/// <summary>One entity's chain in the access log: each row's MAC covers the row before, so that a row cannot be
/// changed, moved or taken out of the middle unseen.</summary>
/// <param name="name">The text of the entity's id.</param>
/// <param name="app">The application whose log key it is; null for the installation.</param>
/// <param name="log">Where it is kept.</param>
/// <param name="context">The entity's context; null where nothing is appended.</param>
/// <param name="news">Tells what is appended; null where nothing is.</param>
internal sealed class Chain(
    string name, AppId? app, IAccessLog log, IEntityContext? context = null, INews? news = null)
{
    private readonly string? _app = app?.ToString();
    private byte[] _head = LogMac.Start;

    /// <summary>Which entries may be empty: the chain's owner knows.</summary>
    internal LogExpiry Expiry { get; set; } = LogExpiry.None;

    /// <summary>The number of the newest entry; 0 while the chain is empty.</summary>
    internal long Sequence { get; private set; }

    /// <summary>The number of the newest entry that announces a change; 0 if there is none.</summary>
    internal long NewestChange { get; private set; }

    /// <summary>Finds the head and checks it.</summary>
    internal async Task LoadAsync(VersionedKeys keys)
    {
        var tail = await log.TailAsync(name, 2);
        if (tail.Count == 0) return;
        var head = tail[0];
        var entry = Check(head, tail.Count > 1 ? tail[1].Mac : LogMac.Start, keys);
        if (tail.Count > 1 ? tail[1].Sequence != head.Sequence - 1 : head.Sequence != 1)
            throw SecureUserDataException.Tampered(Place(head.Sequence));
        _head = head.Mac;
        Sequence = head.Sequence;
        NewestChange = entry.IsChange ? head.Sequence : entry.PreviousChange;
    }

    /// <summary>Appends an entry; when it returns, the entry is on the disk. After a failure the entity is unloaded,
    /// since it no longer knows its place.</summary>
    /// <returns>The entry's number.</returns>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when another activation was faster.
    /// </exception>
    internal async Task<long> AppendAsync(LogEntry entry, VersionedKeys keys)
    {
        var row = Next(entry, keys);
        try
        {
            await log.AppendAsync(row);
        }
        catch
        {
            context?.RequestUnload();
            throw;
        }
        Appended(row, entry.IsChange);
        return row.Sequence;
    }

    /// <summary>Whether another activation has gone on with the chain.</summary>
    internal async Task<bool> IsBehindAsync() =>
        await log.TailAsync(name, 1) is [var newest] && newest.Sequence > Sequence;

    /// <summary>The row that an entry would be; nothing has changed before <see cref="Appended"/>.</summary>
    internal LogRow Next(LogEntry entry, VersionedKeys keys)
    {
        var linked = entry with { App = _app, KeyVersion = keys.CurrentVersion, PreviousChange = NewestChange };
        var body = linked.ToBody();
        return new LogRow(name, Sequence + 1, body, LogMac.Compute(keys.Current, _head, name, Sequence + 1, body));
    }

    /// <summary>Takes note that a row is on the disk.</summary>
    internal void Appended(LogRow row, bool isChange)
    {
        _head = row.Mac;
        Sequence = row.Sequence;
        if (isChange) NewestChange = row.Sequence;
        news?.Tell(name, _app);
    }

    /// <summary>Entries after a number, oldest first, each checked.</summary>
    internal async Task<IReadOnlyList<AccessLogEntry>> ReadAsync(long after, int limit, VersionedKeys keys) =>
        [.. (await ReadRowsAsync(after, limit, keys)).Select(row => row.Entry)];

    /// <summary>The same, with the rows as they are stored.</summary>
    internal async Task<IReadOnlyList<ChainedLogEntry>> ReadRowsAsync(long after, int limit, VersionedKeys keys)
    {
        if (after < 0) throw SecureUserDataException.Invalid("The log begins after 0: pass 0 or an entry's number.");
        Names.CheckLimit(limit);
        var rows = await log.ReadAsync(name, Math.Max(after, 1), after == 0 ? limit : limit + 1);
        var previous = after == 0 ? LogMac.Start : rows.Count > 0 ? rows[0].Mac : null;
        var entries = new List<ChainedLogEntry>(rows.Count);
        for (var i = after == 0 ? 0 : 1; i < rows.Count; i++)
        {
            if (rows[i].Sequence != after + 1 + entries.Count)
                throw SecureUserDataException.Tampered(Place(after + 1 + entries.Count));
            var entry = IsExpired(rows[i])
                ? LogEntry.ExpiredView(name, rows[i].Sequence)
                : Check(rows[i], previous!, keys).ToView(name, rows[i].Sequence);
            entries.Add(new ChainedLogEntry(entry, rows[i].Body, rows[i].Mac));
            previous = rows[i].Mac;
        }
        return entries;
    }

    /// <summary>The changes announced after a number, newest first: what a state that was stored then may lack. They
    /// are linked, so that finding them costs one step each.</summary>
    internal async Task<IReadOnlyList<(long Sequence, LogEntry Entry)>> ChangesAfterAsync(
        long sequence, VersionedKeys keys)
    {
        var changes = new List<(long, LogEntry)>();
        for (var at = NewestChange; at > sequence;)
        {
            var entry = await GetAsync(at, keys);
            changes.Add((at, entry));
            if (entry.PreviousChange >= at) throw SecureUserDataException.Tampered(Place(at));
            at = entry.PreviousChange;
        }
        return changes;
    }

    /// <summary>Those of the changes that nothing on record says were not applied. A crash comes between one entry and
    /// its state, so it leaves one at the most: more mean that the state was set back to an older copy.</summary>
    /// <param name="changes">From <see cref="ChangesAfterAsync"/>.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> when there are more.</exception>
    internal (long Sequence, LogEntry Entry)? Unapplied(IEnumerable<(long Sequence, LogEntry Entry)> changes)
    {
        var rejected = new HashSet<long>();
        (long, LogEntry)? unapplied = null;
        foreach (var (sequence, entry) in changes)
        {
            if (entry.Refers is { } refers) rejected.Add(refers);
            else if (rejected.Contains(sequence)) continue;
            else if (unapplied is not null) throw SecureUserDataException.Tampered($"the state of {name}");
            else unapplied = (sequence, entry);
        }
        return unapplied;
    }

    /// <summary>Finds the head, and puts it on record when a crash came between the newest change and its state.
    /// </summary>
    /// <param name="applied">The last entry that the owner's state has in it.</param>
    /// <param name="keys">The log keys.</param>
    /// <param name="store">Stores the owner's state as it is: another activation that is about to store the change
    /// cannot any more.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> when the log ends before the state,
    /// or the state was set back.</exception>
    internal async Task ReconcileAsync(long applied, VersionedKeys keys, Func<Task> store, DateTimeOffset now)
    {
        await LoadAsync(keys);
        if (applied > Sequence) throw SecureUserDataException.Tampered($"the access log of {name}");
        if (Unapplied(await ChangesAfterAsync(applied, keys)) is not { } unapplied) return;
        await store();
        await RejectAsync(unapplied.Sequence, now, keys);
    }

    /// <summary>Appends that an announced change was not applied.</summary>
    /// <param name="unapplied">Its entry, from <see cref="Unapplied"/>. The owner's state has been stored since it was
    /// found, so that nobody applies it late.</param>
    /// <param name="now">The time.</param>
    /// <param name="keys">The log keys.</param>
    internal Task RejectAsync(long unapplied, DateTimeOffset now, VersionedKeys keys) => AppendAsync(
        new LogEntry
        {
            Actor = name,
            At = now.ToUnixTimeMilliseconds(),
            Activity = Activity.NotApplied,
            Names = [$"entry/{unapplied}"],
            Refers = unapplied,
        },
        keys);

    /// <summary>One entry, checked.</summary>
    internal async Task<LogEntry> GetAsync(long sequence, VersionedKeys keys) =>
        await FindAsync(sequence, keys) ?? throw SecureUserDataException.Tampered(Place(sequence));

    /// <summary>One entry, checked; null when it was emptied.</summary>
    internal async Task<LogEntry?> FindAsync(long sequence, VersionedKeys keys)
    {
        var rows = await log.ReadAsync(name, Math.Max(1, sequence - 1), sequence == 1 ? 1 : 2);
        if (rows.Count == 0 || rows[^1].Sequence != sequence || (sequence > 1 && rows.Count < 2))
            throw SecureUserDataException.Tampered(Place(sequence));
        return ExpiredBody.TryRead(rows[^1].Body, out _)
            ? null
            : Check(rows[^1], sequence == 1 ? LogMac.Start : rows[0].Mac, keys);
    }

    /// <summary>The MAC of an entry that was checked before.</summary>
    internal async Task<byte[]> MacAsync(long sequence) => (await log.ReadAsync(name, sequence, 1))[0].Mac;

    /// <summary>Whether a row was emptied, with authority: its own MAC cannot tell any more. That the row is where it
    /// was is told by the MAC of the next row that was not, and by its batch.</summary>
    private bool IsExpired(LogRow row)
    {
        if (!ExpiredBody.TryRead(row.Body, out var owner)) return false;
        return owner == app && Expiry.Covers(row.Sequence)
            ? true
            : throw SecureUserDataException.Tampered(Place(row.Sequence));
    }

    private LogEntry Check(LogRow row, byte[] previous, VersionedKeys keys)
    {
        var entry = LogEntry.Parse(row.Body, Place(row.Sequence));
        return keys.Find(entry.KeyVersion) is { } key && LogMac.Verify(key, previous, row)
            ? entry
            : throw SecureUserDataException.Tampered(Place(row.Sequence));
    }

    private string Place(long sequence) => LogMac.Place(name, sequence);
}
