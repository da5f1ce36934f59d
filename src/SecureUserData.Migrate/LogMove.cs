using SecureUserData.AccessLog;
using SecureUserData.Applications;
using SecureUserData.Ports;

namespace SecureUserData.Migrate;

/// <summary>The access log on its way. At the target it has one writer, whose start is all zeros. What such a writer
/// has appended at the source comes first and keeps its positions and batches; what other writers have appended follows
/// in the order in which it is verified, under batches of its own. So the same source gives the same log each time.
/// </summary>
/// <param name="source">The log of the source.</param>
/// <param name="keys">The installation's keys.</param>
/// <param name="target">Where it goes.</param>
/// <param name="found">Takes the differences when nothing is to be written; null to write.</param>
internal sealed class LogMove(IAccessLog source, InstallationKeys keys, ILogPart target, Differences? found)
    : IDisposable
{
    private const int AtOnce = Limits.PageItems; // rows of a page, and of a new batch

    private readonly List<LogScanRow> _page = [];
    private readonly List<LogBatch> _batches = [];
    private BatchChain? _chain;
    private LogBatch? _newest;
    private long _kept;
    private long _position;

    /// <summary>Takes the batches that stay as they are.</summary>
    internal async Task BeginAsync()
    {
        if (await source.WritersAsync(0, 1) is [{ IsOnly: true } only])
            while (await source.BatchesAsync(only.Number, _newest?.Number ?? 0, AtOnce) is { Count: > 0 } page)
            {
                foreach (var batch in page) await AddAsync(batch);
                (_newest, _kept) = (page[^1], page[^1].Last);
            }
        _chain = new BatchChain(keys, LogWriter.Only, _newest);
    }

    /// <summary>Takes the next row.</summary>
    internal async ValueTask TakeAsync(LogRow row)
    {
        _page.Add(new LogScanRow(++_position, row));
        if (_page.Count == AtOnce || _position == _kept) await FlushAsync();
    }

    /// <summary>Takes note that there are no more rows.</summary>
    internal async Task EndAsync()
    {
        await FlushAsync();
        await FlushBatchesAsync();
        if (found is null)
        {
            await target.EndAsync();
            return;
        }
        foreach (var more in await target.ReadRowsAsync(_position, AtOnce)) found.Add(more.Row, "is not in the source");
        foreach (var more in await target.ReadBatchesAsync(_newest?.Number ?? 0, AtOnce))
            found.Add($"batch {more.Number} of the log is not in the source");
        if (await target.CountOthersAsync() is var others and > 0)
            found.Add($"{others} rows or writers of the log are other ones than in the source");
    }

    private async Task FlushAsync()
    {
        if (_page.Count == 0) return;
        var (first, last) = (_page[0].Position, _page[^1].Position);
        if (first > _kept)
        {
            var batch = _chain!.Next(first, [.. _page.Select(row => row.Row.Mac)]);
            _chain.Stored(batch);
            await AddAsync(_newest = batch);
        }
        var next = await target.ReadRowsAsync(first - 1, _page.Count + 1);
        var there = next.Where(row => row.Position <= last).ToList();
        if (there.Count != _page.Count || !_page.Zip(there).All(pair => AreEqual(pair.First, pair.Second)))
        {
            if (found is null) await target.WriteRowsAsync(_page);
            else Tell(there, found);
        }
        _page.Clear();
    }

    private void Tell(List<LogScanRow> there, Differences differences)
    {
        var byPosition = there.ToLookup(row => row.Position);
        foreach (var row in _page)
            if (byPosition[row.Position].ToList() is not [var other]) differences.Add(
                row.Row, byPosition[row.Position].Any() ? "has another one in its place" : "is missing");
            else if (!AreEqual(row, other)) differences.Add(row.Row, "is another one");
    }

    private async Task AddAsync(LogBatch batch)
    {
        _batches.Add(batch);
        if (_batches.Count == AtOnce) await FlushBatchesAsync();
    }

    private async Task FlushBatchesAsync()
    {
        if (_batches.Count == 0) return;
        var there = await target.ReadBatchesAsync(_batches[0].Number - 1, _batches.Count);
        if (there.Count != _batches.Count || !_batches.Zip(there).All(pair => AreEqual(pair.First, pair.Second)))
        {
            if (found is null) await target.WriteBatchesAsync(_batches);
            else
                foreach (var batch in _batches.Where(batch => !there.Any(other => AreEqual(batch, other))))
                    found.Add($"batch {batch.Number} of the log is missing or another one");
        }
        _batches.Clear();
    }

    private static bool AreEqual(LogScanRow a, LogScanRow b) =>
        (a.Position, a.Row.Chain, a.Row.Sequence) == (b.Position, b.Row.Chain, b.Row.Sequence)
        && a.Row.Body.AsSpan().SequenceEqual(b.Row.Body) && a.Row.Mac.AsSpan().SequenceEqual(b.Row.Mac);

    private static bool AreEqual(LogBatch a, LogBatch b) =>
        (a.Number, a.First, a.Last) == (b.Number, b.First, b.Last)
        && a.Digest.AsSpan().SequenceEqual(b.Digest) && a.Mac.AsSpan().SequenceEqual(b.Mac);

    public void Dispose() => _chain?.Dispose();
}
