using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SecureUserData.Embedded.Sqlite;

/// <summary>The rows of a query, one at a time. Columns are read in the type that they were written in: SQLite would
/// turn one type into another unasked, so that a changed type byte, or a missing value, would pass or fail
/// elsewhere.</summary>
internal readonly struct Rows(sqlite3 database, sqlite3_stmt statement)
{
    /// <summary>Goes to the next row; false when there is none.</summary>
    internal bool Read()
    {
        var result = raw.sqlite3_step(statement);
        if (result is not (raw.SQLITE_ROW or raw.SQLITE_DONE)) SqliteException.ThrowExceptionForRC(result, database);
        return result == raw.SQLITE_ROW;
    }

    internal bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    internal string Text(int column)
    {
        Demand(column, raw.SQLITE_TEXT);
        return Encoding.UTF8.GetString(raw.sqlite3_column_blob(statement, column)); // also what is behind a zero
    }

    internal long Integer(int column)
    {
        Demand(column, raw.SQLITE_INTEGER);
        return raw.sqlite3_column_int64(statement, column);
    }

    internal byte[] Blob(int column)
    {
        Demand(column, raw.SQLITE_BLOB);
        return raw.sqlite3_column_blob(statement, column).ToArray();
    }

    private void Demand(int column, int type)
    {
        if (raw.sqlite3_column_type(statement, column) != type)
            throw SecureUserDataException.Tampered(
                $"a column '{raw.sqlite3_column_name(statement, column).utf8_to_string()}' in the database file");
    }
}
