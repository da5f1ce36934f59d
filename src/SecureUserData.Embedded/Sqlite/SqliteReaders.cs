using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace SecureUserData.Embedded.Sqlite;

/// <summary>Connections that read, each used by one thread at a time. They see what has been committed.</summary>
/// <param name="open">Opens one.</param>
internal sealed class SqliteReaders(Func<SqliteConnection> open) : IDisposable
{
    private readonly ConcurrentBag<Reader> _idle = [];
    private volatile bool _closed;

    internal SqliteReaders(string path) : this(() => SqliteFile.OpenReader(path))
    {
    }

    /// <summary>The turn of what reads for long, or of what cannot go on while somebody does.</summary>
    internal SemaphoreSlim ForLong { get; } = new(1);

    /// <summary>Has something read the file for as long as it takes, on a thread of its own; purges wait until it is
    /// done, instead of letting every write wait for it.</summary>
    internal async Task ReadForLongAsync(Action read, CancellationToken cancellation = default)
    {
        await ForLong.WaitAsync(cancellation);
        try
        {
            await Task.Factory.StartNew(
                read,
                CancellationToken.None,
                TaskCreationOptions.DenyChildAttach | TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        }
        finally
        {
            ForLong.Release();
        }
    }

    /// <summary>Reads with a prepared statement; no transaction stays open afterwards.</summary>
    internal T Read<T>(string sql, ReadOnlySpan<object?> values, Func<Rows, T> read)
    {
        if (_closed) throw SecureUserDataException.Unavailable("The engine has been closed: open it again.");
        if (!_idle.TryTake(out var reader)) reader = new Reader(open());
        try
        {
            return reader.Prepare(sql).Query(values, read);
        }
        catch (SqliteException e)
        {
            throw SqliteErrors.Translate(e);
        }
        finally
        {
            _idle.Add(reader);
            if (_closed) CloseIdle(); // it may have been closed since
        }
    }

    /// <summary>The first rows of a query. The limit does not stand in the statement: SQLite parses and plans a
    /// statement anew for every value that is bound to a LIMIT.</summary>
    internal List<T> List<T>(
        string sql, ReadOnlySpan<object?> values, Func<Rows, T> row, int limit = int.MaxValue) =>
        Read(sql, values, rows =>
        {
            var list = new List<T>();
            while (list.Count < limit && rows.Read()) list.Add(row(rows));
            return list;
        });

    public void Dispose()
    {
        _closed = true;
        CloseIdle();
    }

    private void CloseIdle()
    {
        while (_idle.TryTake(out var reader)) reader.Dispose();
    }

    private sealed class Reader(SqliteConnection connection) : IDisposable
    {
        private readonly Dictionary<string, Statement> _statements = [];

        internal Statement Prepare(string sql)
        {
            if (!_statements.TryGetValue(sql, out var statement))
                _statements[sql] = statement = new Statement(connection, sql);
            return statement;
        }

        public void Dispose()
        {
            foreach (var statement in _statements.Values) statement.Dispose();
            connection.Dispose();
        }
    }
}
