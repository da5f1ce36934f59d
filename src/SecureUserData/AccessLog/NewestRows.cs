using SecureUserData.Applications;
using SecureUserData.Ports;

namespace SecureUserData.AccessLog;

/// <summary>The end of the log, which is that of its newest writers, looked at before anything is read or appended: no
/// row is missing there, and the batches are whole. Whoever sets one user back, log included, takes rows out that stand
/// among others' rows. It is a quick look and no verification: a row that was changed harms its own chain alone, and is
/// found when that is read.</summary>
/// <param name="log">The log.</param>
/// <param name="keys">The installation's keys.</param>
public sealed class NewestRows(IAccessLog log, InstallationKeys keys)
{
    /// <summary>At least so many rows are looked at, so that opening takes no longer for a longer log.</summary>
    private const int Rows = 10_000;

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> with the first place.</exception>
    public async Task CheckAsync()
    {
        var writers = await LogWriter.AfterAsync(log, keys, null);
        writers.Reverse();
        long looked = 0;
        foreach (var writer in writers.TakeWhile(_ => looked < Rows)) looked += await CheckAsync(writer);
    }

    /// <summary>Looks at one writer's end.</summary>
    /// <returns>How many rows were looked at.</returns>
    private async Task<long> CheckAsync(LogWriter writer)
    {
        var (previous, batches) = await BatchesAsync(writer);
        var begin = previous?.Last ?? 0;
        foreach (var batch in batches)
        {
            if (!BatchChain.Verify(keys, writer, previous, batch))
                throw SecureUserDataException.Tampered(writer.Place($"batch {(previous?.Number ?? 0) + 1}"));
            previous = batch;
        }
        var end = previous?.Last ?? 0;
        var position = begin;
        // With several writers, rows after a last batch belong to one that is not finished, or was not and never will.
        while (writer.IsOnly || position < end)
        {
            var limit = writer.IsOnly ? Limits.PageItems : (int)Math.Min(Limits.PageItems, end - position);
            var rows = await log.ScanAsync(writer.Number, position, limit);
            if (rows.Count == 0) break;
            foreach (var row in rows)
                if (row.Position != ++position) throw Missing(position);
        }
        if (position < end) throw Missing(position + 1);
        if (position > end) throw SecureUserDataException.Tampered(writer.Place($"the batch of row {end + 1}"));
        return end - begin;

        SecureUserDataException Missing(long row) => SecureUserDataException.Tampered(writer.Place($"row {row}"));
    }

    /// <summary>The newest batches that have enough rows together, oldest first, and the one before them.</summary>
    private async Task<(LogBatch? Previous, List<LogBatch> Batches)> BatchesAsync(LogWriter writer)
    {
        var batches = new List<LogBatch>();
        if (await log.NewestBatchAsync(writer.Number) is not { } newest) return (null, batches);
        for (var after = Math.Max(0, newest.Number - Rows - 1); after < newest.Number; after = batches[^1].Number)
        {
            var page = await log.BatchesAsync(writer.Number, after, Limits.PageItems);
            if (page.Count == 0) throw SecureUserDataException.Tampered(writer.Place($"batch {after + 1}"));
            batches.AddRange(page);
        }
        var first = batches.FindLastIndex(batch => batch.First <= newest.Last - Rows + 1);
        return first > 0
            ? (batches[first - 1], batches[first..])
            : batches[0].Number == 1 ? (null, batches) : (batches[0], batches[1..]);
    }
}
