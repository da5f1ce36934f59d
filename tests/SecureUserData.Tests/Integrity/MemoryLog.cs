using SecureUserData.AccessLog;
using SecureUserData.Applications;
using SecureUserData.Ports;

namespace SecureUserData.Tests.Integrity;

/// <summary>A log in memory that several writers append to, in turn, and that a test can change in every way.</summary>
internal sealed class MemoryLog(InstallationKeys keys) : IAccessLog
{
    private readonly Lock _lock = new();

    /// <summary>The writers, in order.</summary>
    internal List<MemoryWriter> Writers { get; } = [];

    /// <summary>Who appends; null while nobody has begun.</summary>
    internal MemoryWriter? Current { get; set; }

    /// <summary>Whether rows stay without a batch until it is made.</summary>
    internal bool IsHeld { get; set; }

    /// <summary>Told which writer is scanned, and after which position, before it is.</summary>
    internal Action<long, long>? Scanning { get; set; }

    public LogWriter? Own => Current?.Writer;

    /// <summary>Lets a new writer append from now on.</summary>
    internal MemoryWriter Begin()
    {
        Current = new MemoryWriter(LogWriter.Next(keys, Writers.LastOrDefault()?.Writer));
        Writers.Add(Current);
        return Current;
    }

    /// <summary>Makes a batch of all the current writer's rows that are in none.</summary>
    internal void Commit()
    {
        var last = Current!.Batches.LastOrDefault();
        using var chain = new BatchChain(keys, Current.Writer, last);
        var macs = Current.Rows.Where(row => row.Key > (last?.Last ?? 0)).Select(row => row.Value.Mac).ToList();
        Current.Batches.Add(chain.Next((last?.Last ?? 0) + 1, macs));
    }

    public Task AppendAsync(LogRow row)
    {
        lock (_lock)
        {
            if (row.Sequence != Rows(row.Chain).Count() + 1) throw SecureUserDataException.Conflict("It went on.");
            var writer = Current ?? Begin();
            writer.Rows.Add((writer.Rows.Count == 0 ? 0 : writer.Rows.Keys[^1]) + 1, row);
            if (!IsHeld) Commit();
        }
        return Task.CompletedTask;
    }

    public Task ExpireAsync(string chain, IReadOnlyList<long> sequences, byte[] body) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<LogRow>> TailAsync(string chain, int count) =>
        new([.. Rows(chain).Reverse().Take(count)]);

    public ValueTask<IReadOnlyList<LogRow>> ReadAsync(string chain, long from, int limit) =>
        new([.. Rows(chain).Where(row => row.Sequence >= from).Take(limit)]);

    public ValueTask<IReadOnlyList<LogWriter>> WritersAsync(long after, int limit) =>
        new([.. Writers.Select(writer => writer.Writer).Where(writer => writer.Number > after).Take(limit)]);

    public ValueTask<IReadOnlyList<LogScanRow>> ScanAsync(long writer, long after, int limit)
    {
        Scanning?.Invoke(writer, after);
        return new([.. Of(writer).Rows
            .Where(row => row.Key > after)
            .Take(limit)
            .Select(row => new LogScanRow(row.Key, row.Value))]);
    }

    public ValueTask<IReadOnlyList<LogBatch>> BatchesAsync(long writer, long after, int limit) =>
        new([.. Of(writer).Batches.Where(batch => batch.Number > after).Take(limit)]);

    public ValueTask<LogBatch?> NewestBatchAsync(long writer) => new(Of(writer).Batches.LastOrDefault());

    public Task CheckAsync(CancellationToken cancellation) => Task.CompletedTask;

    private MemoryWriter Of(long number) => Writers.Single(writer => writer.Writer.Number == number);

    private IEnumerable<LogRow> Rows(string chain) => Writers
        .SelectMany(writer => writer.Rows.Values)
        .Where(row => row.Chain == chain)
        .OrderBy(row => row.Sequence);
}

/// <summary>What one writer has written.</summary>
internal sealed class MemoryWriter(LogWriter writer)
{
    internal LogWriter Writer { get; set; } = writer;

    internal SortedList<long, LogRow> Rows { get; } = [];

    internal List<LogBatch> Batches { get; } = [];
}
