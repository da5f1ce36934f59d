using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SecureUserData.Embedded.Sqlite;

/// <summary>A prepared statement with parameters <c>$1, $2, …</c>, for one thread at a time. It stands on SQLite's
/// own interface, because a command object costs as much as the row.</summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    internal Statement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        var numbered = sql.Replace('$', '?'); // ?7 is the seventh parameter wherever it stands, $7 is a name
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(_database, numbered, out _statement), _database);
    }

    /// <summary>Runs it and returns the number of rows it changed.</summary>
    internal int Run(params ReadOnlySpan<object?> values)
    {
        Execute(values, read: false);
        return raw.sqlite3_changes(_database);
    }

    /// <summary>The number in the first column of the first row; null when there is none.</summary>
    internal object? Value(params ReadOnlySpan<object?> values) => Execute(values, read: true);

    /// <summary>Runs it and reads its rows; none of them is looked at afterwards.</summary>
    internal T Query<T>(ReadOnlySpan<object?> values, Func<Rows, T> read)
    {
        Bind(values);
        try
        {
            return read(new Rows(_database, _statement));
        }
        finally
        {
            raw.sqlite3_reset(_statement); // ends the transaction of a reader; its error has been thrown by Rows
            raw.sqlite3_clear_bindings(_statement);
        }
    }

    private object? Execute(ReadOnlySpan<object?> values, bool read)
    {
        Bind(values);
        var result = raw.sqlite3_step(_statement);
        object? value = read && result == raw.SQLITE_ROW && raw.sqlite3_column_type(_statement, 0) != raw.SQLITE_NULL
            ? raw.sqlite3_column_int64(_statement, 0)
            : null;
        var reset = raw.sqlite3_reset(_statement); // tells the error of the step more exactly
        raw.sqlite3_clear_bindings(_statement);
        if (result is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
            SqliteException.ThrowExceptionForRC(reset != raw.SQLITE_OK ? reset : result, _database);
        return value;
    }

    private void Bind(ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
            SqliteException.ThrowExceptionForRC(Bind(i + 1, values[i]), _database);
    }

    private int Bind(int index, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(_statement, index),
        long number => raw.sqlite3_bind_int64(_statement, index, number),
        int number => raw.sqlite3_bind_int64(_statement, index, number),
        string text => raw.sqlite3_bind_text(_statement, index, text),
        byte[] { Length: 0 } => raw.sqlite3_bind_zeroblob(_statement, index, 0),
        byte[] bytes => raw.sqlite3_bind_blob(_statement, index, bytes),
        _ => throw new ArgumentException($"A {value.GetType().Name} is no value of a column.", nameof(value)),
    };

    public void Dispose() => _statement.Dispose();
}
