using SecureUserData.AccessLog;
using SecureUserData.Applications;
using SecureUserData.Ports;

namespace SecureUserData.Embedded.Sqlite;

/// <summary>The access log, of which the process that has the file is the only writer: rows by position alone, batches,
/// and the index behind.</summary>
internal sealed class SqliteAccessLog : IAccessLog, IBatchEnd, IDisposable
{
    private const string RowColumns = "chain, sequence, body, mac, rowid";

    /// <summary>Rows by way of the index; empty columns where the index leads nowhere.</summary>
    private const string Indexed = "SELECT l.chain, l.sequence, l.body, l.mac, i.position "
        + "FROM log_index AS i LEFT JOIN log AS l ON l.rowid = i.position";

    private readonly SqliteWriter _writer;
    private readonly SqliteReaders _readers;
    private readonly BatchChain _batches;
    private readonly LogIndex _index;
    private readonly List<(string Chain, long Sequence)> _pending = [];
    private readonly List<byte[]> _pendingMacs = [];
    private readonly Dictionary<string, long> _pendingHeads = [];
    private long _position;
    private LogBatch? _pendingBatch;

    internal SqliteAccessLog(
        SqliteWriter writer, SqliteReaders readers, InstallationKeys keys, LogIndex? index = null)
    {
        _index = index ?? new LogIndex();
        _writer = writer;
        _readers = readers;
        _batches = new BatchChain(keys, LogWriter.Only, NewestBatch());
        _position = Number("SELECT coalesce(max(rowid), 0) FROM log");
        var indexed = Number("SELECT coalesce(max(value), 0) FROM meta WHERE name = 'indexed'");
        readers.Read("SELECT chain, sequence, rowid FROM log WHERE rowid > $1 ORDER BY rowid", [indexed], row =>
        {
            while (row.Read()) _index.Add(row.Text(0), row.Integer(1), row.Integer(2));
            return 0;
        });
    }

    public bool HasMore => _index.IsMoving;

    /// <summary>Rows stored.</summary>
    internal long Count => Volatile.Read(ref _position);

    public Task AppendAsync(LogRow row) => _writer.WriteAsync((Log: this, row), static (w, append) =>
    {
        append.Log.DemandNext(w, append.row);
        append.Log.Append(w, append.row);
        return true;
    });

    public Task ExpireAsync(string chain, IReadOnlyList<long> sequences, byte[] body)
    {
        var rows = sequences
            .Select(sequence => (Sequence: sequence, Position: Position(chain, sequence)))
            .Where(row => row.Position is not null)
            .ToList();
        return _writer.WriteAsync((chain, rows, body), static (w, expire) =>
        {
            foreach (var (sequence, position) in expire.rows)
                w.Prepare("UPDATE log SET body = $1 WHERE rowid = $2 AND chain = $3 AND sequence = $4")
                    .Run(expire.body, position, expire.chain, sequence);
            return true;
        });
    }

    public ValueTask<IReadOnlyList<LogRow>> TailAsync(string chain, int count)
    {
        if (_index.LastSequence(chain) is not { } last)
            return new(_readers.List(
                $"{Indexed} WHERE i.chain = $1 ORDER BY i.sequence DESC", [chain], row => Found(row, chain), count));
        var rows = Read(chain, Math.Max(1, last - count + 1), count);
        rows.Reverse();
        return new(rows);
    }

    public ValueTask<IReadOnlyList<LogRow>> ReadAsync(string chain, long from, int limit) =>
        new(Read(chain, from, limit));

    public LogWriter? Own => LogWriter.Only;

    public ValueTask<IReadOnlyList<LogWriter>> WritersAsync(long after, int limit) =>
        new(after < LogWriter.Only.Number ? [LogWriter.Only] : []);

    public ValueTask<IReadOnlyList<LogScanRow>> ScanAsync(long writer, long after, int limit)
    {
        var rows = _readers.List(
            $"SELECT {RowColumns} FROM log WHERE rowid > $1 ORDER BY rowid",
            [after],
            row => new LogScanRow(row.Integer(4), Row(row)),
            limit);
        // A row is on the disk a moment before the index knows of it; whoever has seen it finds it by its chain too.
        if (rows.Count > 0 && rows[^1].Position > Count) _writer.AwaitCommit();
        return new(rows);
    }

    public ValueTask<IReadOnlyList<LogBatch>> BatchesAsync(long writer, long after, int limit) => new(_readers.List(
        BatchQuery("WHERE rowid > $1 ORDER BY rowid"), [after], Batch, limit));

    public ValueTask<LogBatch?> NewestBatchAsync(long writer) => new(NewestBatch());

    public Task CheckAsync(CancellationToken cancellation) =>
        _readers.ReadForLongAsync(() => Check(cancellation), cancellation);

    private void Check(CancellationToken cancellation)
    {
        foreach (var table in (string[])["log", "log_batch", "log_index"])
        {
            cancellation.ThrowIfCancellationRequested();
            var found = _readers.Read(
                $"PRAGMA integrity_check('{table}')", [], row => row.Read() ? row.Text(0) : "");
            if (found != "ok") throw SecureUserDataException.Tampered($"the pages of the table {table}");
        }
        var lost = Number(
            """
            SELECT coalesce(min(l.rowid), 0) FROM log AS l
            WHERE l.rowid <= (SELECT coalesce(max(value), 0) FROM meta WHERE name = 'indexed') AND NOT EXISTS (
                SELECT 1 FROM log_index AS i
                WHERE i.chain = l.chain AND i.sequence = l.sequence AND i.position = l.rowid)
            """);
        if (lost != 0) throw SecureUserDataException.Tampered($"the index of row {lost} of the access log");
        var invented = Number(
            """
            SELECT count(*) FROM log_index AS i WHERE NOT EXISTS (
                SELECT 1 FROM log AS l
                WHERE l.rowid = i.position AND l.chain = i.chain AND l.sequence = i.sequence)
            """);
        if (invented != 0) throw SecureUserDataException.Tampered("the index of the access log");
        // Scans begin at 1: what stands before it would never be looked at.
        var before = Number(
            """
            SELECT (SELECT count(*) FROM log WHERE rowid < 1) + (SELECT count(*) FROM log_batch WHERE rowid < 1)
            """);
        if (before != 0)
            throw SecureUserDataException.Tampered("rows before the first of the access log");
    }

    void IBatchEnd.Run(SqliteWriter writer)
    {
        if (_pending.Count > 0)
        {
            _pendingBatch = _batches.Next(_position + 1, _pendingMacs);
            writer.Prepare("INSERT INTO log_batch (rowid, first, last, digest, mac) VALUES ($1, $2, $3, $4, $5)").Run(
                _pendingBatch.Number, _pendingBatch.First, _pendingBatch.Last, _pendingBatch.Digest, _pendingBatch.Mac);
        }
        _index.Move(writer, _pending.Count);
    }

    void IBatchEnd.Committed()
    {
        _index.Moved();
        if (_pendingBatch is null) return;
        _batches.Stored(_pendingBatch);
        for (var i = 0; i < _pending.Count; i++) _index.Add(_pending[i].Chain, _pending[i].Sequence, _position + 1 + i);
        Volatile.Write(ref _position, _position + _pending.Count);
        Forget();
    }

    void IBatchEnd.RolledBack()
    {
        _index.RolledBack();
        Forget();
    }

    private const string LastIndexed = "SELECT coalesce(max(sequence), 0) FROM log_index WHERE chain = $1";

    /// <summary>Refuses a row that is not the next of its chain; within the writer's transaction.</summary>
    internal void DemandNext(SqliteWriter writer, LogRow row)
    {
        if (!_pendingHeads.TryGetValue(row.Chain, out var last))
            last = _index.LastSequence(row.Chain) ?? (long)writer.Prepare(LastIndexed).Value(row.Chain)!;
        if (row.Sequence != last + 1)
            throw SecureUserDataException.Conflict("The access log has gone on elsewhere: try again.");
    }

    /// <summary>Appends the next row of a chain; within the writer's transaction.</summary>
    internal void Append(SqliteWriter writer, LogRow row)
    {
        writer.Prepare("INSERT INTO log (rowid, chain, sequence, body, mac) VALUES ($1, $2, $3, $4, $5)").Run(
            _position + _pending.Count + 1, row.Chain, row.Sequence, row.Body, row.Mac);
        _pendingHeads[row.Chain] = row.Sequence;
        _pending.Add((row.Chain, row.Sequence));
        _pendingMacs.Add(row.Mac);
    }

    private void Forget()
    {
        _pendingBatch = null;
        _pending.Clear();
        _pendingMacs.Clear();
        _pendingHeads.Clear();
    }

    private List<LogRow> Read(string chain, long from, int limit)
    {
        var (first, inMemory) = _index.Find(chain, from, limit); // memory first: what leaves it is in the table already
        var rows = from >= first
            ? []
            : _readers.List(
                $"{Indexed} WHERE i.chain = $1 AND i.sequence >= $2 AND i.sequence < $3 ORDER BY i.sequence",
                [chain, from, first],
                row => Found(row, chain),
                limit);
        foreach (var position in inMemory.Take(limit - rows.Count))
            rows.Add(_readers.Read(
                $"SELECT {RowColumns} FROM log WHERE rowid = $1",
                [position],
                row => row.Read() ? Found(row, chain) : throw Lost(position)));
        return rows;
    }

    /// <summary>Where a row of a chain is; null when there is none.</summary>
    private long? Position(string chain, long sequence)
    {
        var (first, inMemory) = _index.Find(chain, sequence, 1);
        return sequence >= first
            ? inMemory is [var position] ? position : null
            : _readers.Read(
                "SELECT position FROM log_index WHERE chain = $1 AND sequence = $2",
                [chain, sequence],
                row => row.Read() ? row.Integer(0) : (long?)null);
    }

    /// <summary>A row that the index has led to; it is the chain's, or the index or the row was changed.</summary>
    private static LogRow Found(Rows row, string chain) =>
        !row.IsNull(0) && row.Text(0) == chain ? Row(row) : throw Lost(row.Integer(4));

    private static SecureUserDataException Lost(long position) =>
        SecureUserDataException.Tampered($"row {position} of the access log");

    private long Number(string sql, params ReadOnlySpan<object?> values) =>
        _readers.Read(sql, values, row => row.Read() ? row.Integer(0) : 0);

    private static LogRow Row(Rows row) => new(row.Text(0), row.Integer(1), row.Blob(2), row.Blob(3));

    private LogBatch? NewestBatch() =>
        _readers.List(BatchQuery("ORDER BY rowid DESC LIMIT 1"), [], Batch).FirstOrDefault();

    private static string BatchQuery(string rest) => $"SELECT first, last, rowid, digest, mac FROM log_batch {rest}";

    private static LogBatch Batch(Rows row) => new(
        row.Integer(0), row.Integer(1), row.Integer(2), row.Blob(3), row.Blob(4));

    public void Dispose() => _batches.Dispose();
}
