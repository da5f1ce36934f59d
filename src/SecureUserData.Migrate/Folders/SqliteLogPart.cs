using SecureUserData.Embedded.Sqlite;
using SecureUserData.Ports;

namespace SecureUserData.Migrate.Folders;

/// <summary>The log in a database file.</summary>
internal sealed class SqliteLogPart(SqliteStore store) : ILogPart
{
    public Task<IReadOnlyList<LogScanRow>> ReadRowsAsync(long after, int limit) =>
        Task.FromResult<IReadOnlyList<LogScanRow>>(store.Readers.List(
            "SELECT rowid, chain, sequence, body, mac FROM log WHERE rowid > $1 ORDER BY rowid",
            [after],
            row => new LogScanRow(row.Integer(0), new LogRow(row.Text(1), row.Integer(2), row.Blob(3), row.Blob(4))),
            limit));

    public Task<IReadOnlyList<LogBatch>> ReadBatchesAsync(long after, int limit) =>
        Task.FromResult<IReadOnlyList<LogBatch>>(store.Readers.List(
            "SELECT first, last, rowid, digest, mac FROM log_batch WHERE rowid > $1 ORDER BY rowid",
            [after],
            row => new LogBatch(row.Integer(0), row.Integer(1), row.Integer(2), row.Blob(3), row.Blob(4)),
            limit));

    public Task<long> CountOthersAsync() => Task.FromResult(store.Readers.Read(
        "SELECT (SELECT count(*) FROM log WHERE rowid < 1) + (SELECT count(*) FROM log_batch WHERE rowid < 1)",
        [],
        row => row.Read() ? row.Integer(0) : 0));

    public Task WriteRowsAsync(IReadOnlyList<LogScanRow> rows) => store.Writer.WriteAsync(rows, static (writer, all) =>
    {
        foreach (var (position, row) in all)
            writer.Prepare("INSERT OR REPLACE INTO log (rowid, chain, sequence, body, mac) VALUES ($1, $2, $3, $4, $5)")
                .Run(position, row.Chain, row.Sequence, row.Body, row.Mac);
        return true;
    });

    public Task WriteBatchesAsync(IReadOnlyList<LogBatch> batches) =>
        store.Writer.WriteAsync(batches, static (writer, all) =>
        {
            foreach (var batch in all)
                writer.Prepare(
                    "INSERT OR REPLACE INTO log_batch (rowid, first, last, digest, mac) VALUES ($1, $2, $3, $4, $5)")
                    .Run(batch.Number, batch.First, batch.Last, batch.Digest, batch.Mac);
            return true;
        });

    /// <summary>Makes the index, in its order.</summary>
    public Task EndAsync() => store.Writer.WriteAsync(this, static (writer, _) =>
    {
        writer.Prepare("DELETE FROM log_index").Run();
        writer.Prepare(
            """
            INSERT INTO log_index (chain, sequence, position)
            SELECT chain, sequence, rowid FROM log ORDER BY chain, sequence
            """).Run();
        writer.Prepare(
            """
            INSERT INTO meta (name, value) SELECT 'indexed', coalesce(max(rowid), 0) FROM log WHERE true
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """).Run();
        return true;
    });
}
