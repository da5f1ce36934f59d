using Microsoft.Data.Sqlite;

namespace SecureUserData.Embedded.Sqlite;

/// <summary>What SQLite's errors (https://sqlite.org/rescode.html) mean to a caller.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5;
    private const int ReadOnly = 8;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int TooBig = 18;
    private const int Constraint = 19;
    private const int NotADatabase = 26;

    /// <summary>Whether the statement alone is at fault and others of the same transaction are not.</summary>
    internal static bool IsAlone(SqliteException e) => e.SqliteErrorCode is Constraint or TooBig;

    /// <summary>Throws what a result code of SQLite's own interface means.</summary>
    internal static void Demand(int result, SqliteConnection connection)
    {
        try
        {
            SqliteException.ThrowExceptionForRC(result, connection.Handle);
        }
        catch (SqliteException e)
        {
            throw Translate(e);
        }
    }

    internal static SecureUserDataException Translate(SqliteException e) => e.SqliteErrorCode switch
    {
        Corrupt or NotADatabase => SecureUserDataException.Tampered("the database file is damaged"),
        Full => SecureUserDataException.Unavailable("The disk is full: make room and open the engine again.", e),
        CannotOpen or ReadOnly => SecureUserDataException.Unavailable(
            "The database file cannot be written: check the permissions of the folder and of the files in it.", e),
        Busy => SecureUserDataException.Unavailable(
            "Another program has the database file open and keeps it: end that program, and open the engine again.", e),
        Constraint => SecureUserDataException.Conflict("Something else was stored there first: try again."),
        _ => SecureUserDataException.Unavailable(
            "The database cannot be read or written: check the disk, its room and the folder, and open the engine "
            + "again.",
            e),
    };
}
