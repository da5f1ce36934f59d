using Microsoft.Data.Sqlite;

namespace SecureUserData.Embedded.Sqlite;

/// <summary>What SQLite's errors (https://sqlite.org/rescode.html) mean to a caller.</summary>
internal static class SqliteErrors
{
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int TooBig = 18;
    private const int Constraint = 19;
    private const int NotADatabase = 26;

    /// <summary>Whether the statement alone is at fault and others of the same transaction are not.</summary>
    internal static bool IsAlone(SqliteException e) => e.SqliteErrorCode is Constraint or TooBig;

    internal static SecureUserDataException Translate(SqliteException e) => e.SqliteErrorCode switch
    {
        Corrupt or NotADatabase => SecureUserDataException.Tampered("the database file is damaged"),
        Full => SecureUserDataException.Unavailable("The disk is full: make room and open the engine again.", e),
        CannotOpen => SecureUserDataException.Unavailable("The database file cannot be opened: check the folder.", e),
        Constraint => SecureUserDataException.Conflict("Something else was stored there first: try again."),
        _ => SecureUserDataException.Unavailable(
            "The database cannot be used: check the disk and the folder, and open the engine again.", e),
    };
}
