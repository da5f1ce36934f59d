using SecureUserData.Ports;

namespace SecureUserData.Tests.Hosting;

/// <summary>What is asked of a port.</summary>
internal enum PortCall
{
    LoadState,
    SaveState,
    FindStates,
    ClaimKey,
    ReleaseKey,
    PutRecord,
    AddRecords,
    ReplaceRecords,
    DeleteRecord,
    DeleteRecords,
    DeleteAllRecords,
    ReadRecords,
    AppendEntry,
    ExpireEntries,
    ReadLog,
    SetWakeup,
    ListErasure,
    Purge,
}

/// <summary>Ports on which every read and every write can be made to end otherwise; perhaps with another log.</summary>
internal abstract class InterceptedPorts(IPorts ports, IAccessLog? log = null) : IPorts
{
    public IStateIndex States => new InterceptedIndex(this, ports.States);

    public IUniqueKeys UniqueKeys => new InterceptedKeys(this, ports.UniqueKeys);

    public IRecordStore Records => new InterceptedRecords(this, ports.Records);

    public IAccessLog Log => new InterceptedLog(this, log ?? ports.Log);

    public IWakeups Wakeups => new InterceptedWakeups(this, ports.Wakeups);

    public IErasureList Erasures => new InterceptedErasures(this, ports.Erasures);

    public Task PurgeAsync() => WriteAsync(PortCall.Purge, ports.PurgeAsync);

    public IStateSlot Slot(string entity) => new InterceptedSlot(this, ports.Slot(entity));

    protected virtual ValueTask<T> ReadAsync<T>(PortCall call, Func<ValueTask<T>> read) => read();

    protected virtual Task<T> WriteAsync<T>(PortCall call, Func<Task<T>> write) => write();

    protected virtual Task SaveAsync(IStateSlot slot, StoredState state, LogRow? announcement) =>
        WriteAsync(PortCall.SaveState, () => slot.SaveAsync(state, announcement));

    protected virtual Task ExpireAsync(IAccessLog log, string chain, IReadOnlyList<long> sequences, byte[] body) =>
        WriteAsync(PortCall.ExpireEntries, () => log.ExpireAsync(chain, sequences, body));

    protected Task WriteAsync(PortCall call, Func<Task> write) => WriteAsync(call, async () =>
    {
        await write();
        return true;
    });

    private sealed class InterceptedSlot(InterceptedPorts owner, IStateSlot slot) : IStateSlot
    {
        public ValueTask<StoredState?> LoadAsync() => owner.ReadAsync(PortCall.LoadState, slot.LoadAsync);

        public Task SaveAsync(StoredState state, LogRow? announcement = null) =>
            owner.SaveAsync(slot, state, announcement);
    }

    private sealed class InterceptedIndex(InterceptedPorts owner, IStateIndex states) : IStateIndex
    {
        public ValueTask<IReadOnlyList<TaggedState>> FindAsync(string tag, string? after, int limit) =>
            owner.ReadAsync(PortCall.FindStates, () => states.FindAsync(tag, after, limit));

        public ValueTask<IReadOnlyList<string>> FindIdsAsync(string tag, string? after, int limit) =>
            owner.ReadAsync(PortCall.FindStates, () => states.FindIdsAsync(tag, after, limit));

        public ValueTask<IReadOnlyList<TaggedState>> ListAsync(string prefix, string? after, int limit) =>
            owner.ReadAsync(PortCall.FindStates, () => states.ListAsync(prefix, after, limit));

        public ValueTask<TagParts> DivideAsync(string tag, int parts) =>
            owner.ReadAsync(PortCall.FindStates, () => states.DivideAsync(tag, parts));

        public Task CheckAsync() => states.CheckAsync();
    }

    private sealed class InterceptedErasures(InterceptedPorts owner, IErasureList list) : IErasureList
    {
        public Task AddAsync(IReadOnlyList<string> certificates) =>
            owner.WriteAsync(PortCall.ListErasure, () => list.AddAsync(certificates));

        public ValueTask<IReadOnlySet<UserId>> UsersAsync() => list.UsersAsync();

        public IAsyncEnumerable<string> CertificatesAsync(CancellationToken cancellation) =>
            list.CertificatesAsync(cancellation);
    }

    private sealed class InterceptedKeys(InterceptedPorts owner, IUniqueKeys keys) : IUniqueKeys
    {
        public Task<bool> ClaimAsync(string key, string holder) =>
            owner.WriteAsync(PortCall.ClaimKey, () => keys.ClaimAsync(key, holder));

        public Task ReleaseAsync(string key, string holder) =>
            owner.WriteAsync(PortCall.ReleaseKey, () => keys.ReleaseAsync(key, holder));

        public Task ReleaseAllAsync(string holder) =>
            owner.WriteAsync(PortCall.ReleaseKey, () => keys.ReleaseAllAsync(holder));
    }

    private sealed class InterceptedWakeups(InterceptedPorts owner, IWakeups wakeups) : IWakeups
    {
        public Task SetAsync(string entity, DateTimeOffset? due) =>
            owner.WriteAsync(PortCall.SetWakeup, () => wakeups.SetAsync(entity, due));
    }

    private sealed class InterceptedRecords(InterceptedPorts owner, IRecordStore records) : IRecordStore
    {
        public Task PutAsync(RecordKey key, byte[] envelope) =>
            owner.WriteAsync(PortCall.PutRecord, () => records.PutAsync(key, envelope));

        public Task<IReadOnlyList<RecordId>> AddAsync(
            UserId user, string collection, IReadOnlyList<StoredRecord> added) =>
            owner.WriteAsync(PortCall.AddRecords, () => records.AddAsync(user, collection, added));

        public Task<bool> DeleteAsync(RecordKey key) =>
            owner.WriteAsync(PortCall.DeleteRecord, () => records.DeleteAsync(key));

        public Task DeleteManyAsync(UserId user, string collection, IReadOnlyList<RecordId> ids) =>
            owner.WriteAsync(PortCall.DeleteRecords, () => records.DeleteManyAsync(user, collection, ids));

        public Task<int> DeleteAllAsync(UserId user, int limit) =>
            owner.WriteAsync(PortCall.DeleteAllRecords, () => records.DeleteAllAsync(user, limit));

        public ValueTask<byte[]?> GetAsync(RecordKey key) =>
            owner.ReadAsync(PortCall.ReadRecords, () => records.GetAsync(key));

        public ValueTask<IReadOnlySet<RecordId>> FindAsync(
            UserId user, string collection, IReadOnlyList<RecordId> ids) =>
            owner.ReadAsync(PortCall.ReadRecords, () => records.FindAsync(user, collection, ids));

        public ValueTask<long> CountAsync(UserId user) =>
            owner.ReadAsync(PortCall.ReadRecords, () => records.CountAsync(user));

        public ValueTask<IReadOnlyList<StoredRecord>> ListAsync(
            UserId user, string collection, RecordId? after, int limit, int bytes) => owner.ReadAsync(
            PortCall.ReadRecords, () => records.ListAsync(user, collection, after, limit, bytes));

        public ValueTask<StaleRecords> ListStaleAsync(
            UserId user, int keyVersion, RecordKey? after, int looks, int limit, int bytes) => owner.ReadAsync(
            PortCall.ReadRecords, () => records.ListStaleAsync(user, keyVersion, after, looks, limit, bytes));

        public Task ReplaceAsync(IReadOnlyList<RecordReplacement> replacements) =>
            owner.WriteAsync(PortCall.ReplaceRecords, () => records.ReplaceAsync(replacements));

        public ValueTask<IReadOnlyList<string>> CollectionsAsync(UserId user) =>
            owner.ReadAsync(PortCall.ReadRecords, () => records.CollectionsAsync(user));
    }

    private sealed class InterceptedLog(InterceptedPorts owner, IAccessLog log) : IAccessLog
    {
        public Task AppendAsync(LogRow row) => owner.WriteAsync(PortCall.AppendEntry, () => log.AppendAsync(row));

        public Task ExpireAsync(string chain, IReadOnlyList<long> sequences, byte[] body) =>
            owner.ExpireAsync(log, chain, sequences, body);

        public ValueTask<IReadOnlyList<LogRow>> TailAsync(string chain, int count) =>
            owner.ReadAsync(PortCall.ReadLog, () => log.TailAsync(chain, count));

        public ValueTask<IReadOnlyList<LogRow>> ReadAsync(string chain, long from, int limit) =>
            owner.ReadAsync(PortCall.ReadLog, () => log.ReadAsync(chain, from, limit));

        public LogWriter? Own => log.Own;

        public ValueTask<IReadOnlyList<LogWriter>> WritersAsync(long after, int limit) =>
            owner.ReadAsync(PortCall.ReadLog, () => log.WritersAsync(after, limit));

        public ValueTask<IReadOnlyList<LogScanRow>> ScanAsync(long writer, long after, int limit) =>
            owner.ReadAsync(PortCall.ReadLog, () => log.ScanAsync(writer, after, limit));

        public ValueTask<IReadOnlyList<LogBatch>> BatchesAsync(long writer, long after, int limit) =>
            owner.ReadAsync(PortCall.ReadLog, () => log.BatchesAsync(writer, after, limit));

        public ValueTask<LogBatch?> NewestBatchAsync(long writer) =>
            owner.ReadAsync(PortCall.ReadLog, () => log.NewestBatchAsync(writer));

        public Task CheckAsync(CancellationToken cancellation) => log.CheckAsync(cancellation);
    }
}
