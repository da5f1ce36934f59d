using SecureUserData.Applications;
using SecureUserData.Ports;

namespace SecureUserData.AccessLog;

/// <summary>The end of the log, looked at before anything is read or appended: no row is missing there, and the
/// batches are whole. Whoever sets one user back, log included, takes rows out that stand among others' rows. It is a
/// quick look and no verification: a row that was changed harms its own chain alone, and is found when that is read.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="keys">The installation's keys.</param>
public sealed class NewestRows(IAccessLog log, InstallationKeys keys)
{
    /// <summary>At least so many rows are looked at, so that opening takes no longer for a longer log.</summary>
    private const int Rows = 10_000;

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> with the first place.</exception>
    public async Task CheckAsync()
    {
        var (previous, batches) = await BatchesAsync();
        var position = previous?.Last ?? 0;
        foreach (var batch in batches)
        {
            if (!BatchChain.Verify(keys, LogWriter.Only, previous, batch))
                throw SecureUserDataException.Tampered($"batch {(previous?.Number ?? 0) + 1} of the access log");
            previous = batch;
        }
        var end = previous?.Last ?? 0;
        while (await log.ScanAsync(1, position, Limits.PageItems) is { Count: > 0 } rows)
            foreach (var row in rows)
                if (row.Position != ++position) throw Missing(position);
        if (position < end) throw Missing(position + 1);
        if (position > end) throw SecureUserDataException.Tampered($"the batch of row {end + 1} of the access log");
    }

    /// <summary>The newest batches that have enough rows together, oldest first, and the one before them.</summary>
    private async Task<(LogBatch? Previous, List<LogBatch> Batches)> BatchesAsync()
    {
        var batches = new List<LogBatch>();
        if (await log.NewestBatchAsync(1) is not { } newest) return (null, batches);
        for (var after = Math.Max(0, newest.Number - Rows - 1); after < newest.Number; after = batches[^1].Number)
        {
            var page = await log.BatchesAsync(1, after, Limits.PageItems);
            if (page.Count == 0) throw SecureUserDataException.Tampered($"batch {after + 1} of the access log");
            batches.AddRange(page);
        }
        var first = batches.FindLastIndex(batch => batch.First <= newest.Last - Rows + 1);
        return first > 0
            ? (batches[first - 1], batches[first..])
            : batches[0].Number == 1 ? (null, batches) : (batches[0], batches[1..]);
    }

    private static SecureUserDataException Missing(long position) =>
        SecureUserDataException.Tampered($"row {position} of the access log");
}
