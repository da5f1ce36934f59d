using System.Collections.Concurrent;
using SecureUserData.Ports;

namespace SecureUserData.ClusterLoad;

/// <summary>Stores whose log acknowledges at once and forgets, to tell what the database costs from what all else does.
/// One silo can have them.</summary>
internal sealed class MemoryStores(IStores stores) : IStores
{
    private readonly MemoryLog _log = new();

    public IStateIndex States => stores.States;

    public IUniqueKeys UniqueKeys => stores.UniqueKeys;

    public IRecordStore Records => stores.Records;

    public IAccessLog Log => _log;

    public IErasureList Erasures => stores.Erasures;

    public Task PurgeAsync() => stores.PurgeAsync();

    public IStateSlot Slot(string entity) => new MemorySlot(stores.Slot(entity), _log);

    private sealed class MemorySlot(IStateSlot slot, MemoryLog log) : IStateSlot
    {
        public ValueTask<StoredState?> LoadAsync() => slot.LoadAsync();

        public async Task SaveAsync(StoredState state, LogRow? announcement = null)
        {
            if (announcement is not null) await log.AppendAsync(announcement);
            await slot.SaveAsync(state);
        }
    }

    /// <summary>Keeps the ends of chains, which an activation looks at.</summary>
    private sealed class MemoryLog : IAccessLog
    {
        private const int Kept = 16;

        private readonly ConcurrentDictionary<string, LogRow[]> _ends = new(StringComparer.Ordinal);

        public LogWriter? Own => null;

        public Task AppendAsync(LogRow row)
        {
            var end = _ends.GetOrAdd(row.Chain, _ => new LogRow[Kept]);
            end[row.Sequence % Kept] = row; // an entity appends one row at a time
            return Task.CompletedTask;
        }

        public ValueTask<IReadOnlyList<LogRow>> TailAsync(string chain, int count) =>
            new([.. Rows(chain).Reverse().Take(count)]);

        public ValueTask<IReadOnlyList<LogRow>> ReadAsync(string chain, long from, int limit) =>
            new([.. Rows(chain).Where(row => row.Sequence >= from).Take(limit)]);

        public Task ExpireAsync(string chain, IReadOnlyList<long> sequences, byte[] body) => throw NotKept();

        public ValueTask<IReadOnlyList<LogWriter>> WritersAsync(long after, int limit) => throw NotKept();

        public ValueTask<IReadOnlyList<LogScanRow>> ScanAsync(long writer, long after, int limit) => throw NotKept();

        public ValueTask<IReadOnlyList<LogBatch>> BatchesAsync(long writer, long after, int limit) => throw NotKept();

        public ValueTask<LogBatch?> NewestBatchAsync(long writer) => throw NotKept();

        public Task CheckAsync(CancellationToken cancellation) => throw NotKept();

        private IEnumerable<LogRow> Rows(string chain) =>
            _ends.GetValueOrDefault(chain, []).Where(row => row is not null).OrderBy(row => row.Sequence);

        private static NotSupportedException NotKept() => new("This log is not kept.");
    }
}
