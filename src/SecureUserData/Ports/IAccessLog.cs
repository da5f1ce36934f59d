using System.Buffers.Text;

namespace SecureUserData.Ports;

/// <summary>Keeps the rows of the access log. It is append-only, but for bodies that expire, and (chain, sequence) is
/// unique: that is the fence which keeps a second activation of the same entity from going on unnoticed.
/// <para>It has one writer for ever (<see cref="LogWriter.Only"/>), or several: each process that appends is one, and
/// registers itself before its first batch. Positions and batches are each writer's own. A position is given after the
/// append was called, and is never less than that of a row which its writer has stored before: so the rows of all
/// writers can be brought into one order in which every chain is in order. A batch can be seen only when all of its
/// rows can, and a writer's rows are seen in the order of their positions.</para></summary>
public interface IAccessLog
{
    /// <summary>Appends a row durably, in one batch with others that come at the same time.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when the row is not the next of its
    /// chain.</exception>
    Task AppendAsync(LogRow row);

    /// <summary>Puts another body into rows whose retention is over, durably, in one write. Chain, sequence and MAC
    /// stay; rows that are not there do not matter.</summary>
    /// <param name="chain">Whose chain.</param>
    /// <param name="sequences">Which rows, oldest first.</param>
    /// <param name="body">What stands in their place.</param>
    Task ExpireAsync(string chain, IReadOnlyList<long> sequences, byte[] body);

    /// <summary>The last rows of a chain, newest first.</summary>
    ValueTask<IReadOnlyList<LogRow>> TailAsync(string chain, int count);

    /// <summary>Rows of a chain, oldest first, from a sequence number on.</summary>
    ValueTask<IReadOnlyList<LogRow>> ReadAsync(string chain, long from, int limit);

    /// <summary>The writer of this process; null while it has not begun.</summary>
    LogWriter? Own { get; }

    /// <summary>Writers in the order of their numbers, after a number.</summary>
    ValueTask<IReadOnlyList<LogWriter>> WritersAsync(long after, int limit);

    /// <summary>A writer's rows, of all chains, in the order in which they were stored, after a position; each of them
    /// is found by its chain too. Those after its last batch, at most <see cref="LogWriter.LooseRows"/> and with gaps,
    /// are what was not finished yet or when its process was killed.</summary>
    ValueTask<IReadOnlyList<LogScanRow>> ScanAsync(long writer, long after, int limit);

    /// <summary>A writer's batches in the order of their numbers, after a number.</summary>
    ValueTask<IReadOnlyList<LogBatch>> BatchesAsync(long writer, long after, int limit);

    /// <summary>A writer's newest batch; null when it has none.</summary>
    ValueTask<LogBatch?> NewestBatchAsync(long writer);

    /// <summary>Checks the store's own structures, such as pages and indexes, that each row can be found by its chain,
    /// and that no row or batch is where no scan comes: before the first position or with an unknown writer.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> with the place.</exception>
    Task CheckAsync(CancellationToken cancellation);
}

/// <summary>One row of the access log; see <c>docs/access-log.md</c>.</summary>
/// <param name="Chain">Whose chain: the text of the entity's id.</param>
/// <param name="Sequence">Its number in the chain, from 1.</param>
/// <param name="Body">The entry, as JSON in UTF-8.</param>
/// <param name="Mac">HMAC-SHA-256 over the row before, the chain, the sequence and the body.</param>
public sealed record LogRow(string Chain, long Sequence, byte[] Body, byte[] Mac);

/// <summary>A row and where it is stored.</summary>
/// <param name="Position">Its place among all rows of its writer, from 1 without gaps up to its last batch.</param>
/// <param name="Row">The row.</param>
public readonly record struct LogScanRow(long Position, LogRow Row);

/// <summary>One group commit over the rows <c>First … Last</c>.</summary>
/// <param name="First">The position of its first row.</param>
/// <param name="Last">The position of its last row.</param>
/// <param name="Number">Its number, from 1 without gaps.</param>
/// <param name="Digest">SHA-256 over the MACs of its rows.</param>
/// <param name="Mac">HMAC-SHA-256 over the batch before and all of the above.</param>
public sealed record LogBatch(long First, long Last, long Number, byte[] Digest, byte[] Mac)
{
    /// <summary>What is said of it where it is the newest.</summary>
    internal LogBatchHead Head(LogWriter writer) =>
        new(Number, Last, Base64Url.EncodeToString(Mac)) { Writer = writer.Number };
}
