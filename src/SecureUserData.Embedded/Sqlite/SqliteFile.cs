using Microsoft.Data.Sqlite;

namespace SecureUserData.Embedded.Sqlite;

/// <summary>The database file: how it is opened, and its tables.</summary>
internal static class SqliteFile
{
    /// <summary>The version of <see cref="Schema"/>, kept in <c>user_version</c>.</summary>
    private const long SchemaVersion = 1;

    /// <summary>How long the writer waits for another connection to the file.</summary>
    internal const int BusyTimeoutMilliseconds = 30_000;

    /// <summary>Marks the file as ours, in <c>application_id</c>: "SUD1".</summary>
    private const long ApplicationId = 0x53554431;

    // The log is appended to by position alone; who it is about is indexed behind (see LogIndex). The position of a row
    // and the number of a batch are the rowid itself and no column: a column that stands for the rowid leaves a type
    // byte in every row that nobody reads, so that changing it would not be found. Both count from 1 without gaps,
    // which is why a VACUUM, which may number rows anew, changes nothing.
    private const string Schema = """
        CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE state (
            row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
            owner TEXT NOT NULL, tags TEXT NOT NULL, body BLOB NOT NULL);
        CREATE TABLE tag (tag TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (tag, id)) WITHOUT ROWID;
        CREATE TABLE unique_key (key TEXT PRIMARY KEY, holder TEXT NOT NULL, epoch INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE record (
            row INTEGER PRIMARY KEY, user TEXT NOT NULL, collection TEXT NOT NULL, id TEXT NOT NULL,
            envelope BLOB NOT NULL, UNIQUE (user, collection, id));
        CREATE TABLE log (
            chain TEXT NOT NULL, sequence INTEGER NOT NULL, body BLOB NOT NULL, mac BLOB NOT NULL);
        CREATE TABLE log_batch (
            first INTEGER NOT NULL, last INTEGER NOT NULL, digest BLOB NOT NULL, mac BLOB NOT NULL);
        CREATE TABLE log_index (
            chain TEXT NOT NULL, sequence INTEGER NOT NULL, position INTEGER NOT NULL,
            PRIMARY KEY (chain, sequence)) WITHOUT ROWID;
        CREATE TABLE wakeup (id TEXT PRIMARY KEY, due INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX wakeup_due ON wakeup (due);
        """;

    /// <summary>Opens the one connection that writes.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/> when the file is not
    /// ours.</exception>
    internal static SqliteConnection OpenWriter(string path, bool create)
    {
        var connection = Open(path, create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite);
        try
        {
            if (create)
            {
                Execute(connection, "PRAGMA journal_mode=WAL");
                Execute(connection, $"BEGIN; {Schema} PRAGMA application_id={ApplicationId}; "
                    + $"PRAGMA user_version={SchemaVersion}; COMMIT");
            }
            CheckOurs(connection);
            Execute(connection, "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA cache_size=-65536; "
                + "PRAGMA wal_autocheckpoint=4000; PRAGMA temp_store=MEMORY; "
                + $"PRAGMA busy_timeout={BusyTimeoutMilliseconds}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection that reads.</summary>
    internal static SqliteConnection OpenReader(string path)
    {
        // A reader of a write-ahead log must be able to write its index.
        var connection = Open(path, SqliteOpenMode.ReadWrite);
        try
        {
            Execute(connection, "PRAGMA query_only=ON; PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    internal static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Translated(command.ExecuteNonQuery);
    }

    internal static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(Translated(command.ExecuteScalar), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
        }.ConnectionString);
        try
        {
            return Translated(() =>
            {
                connection.Open();
                return connection;
            });
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static T Translated<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch (SqliteException e)
        {
            throw SqliteErrors.Translate(e);
        }
    }

    private static void CheckOurs(SqliteConnection connection)
    {
        var application = Number(connection, "PRAGMA application_id");
        var version = Number(connection, "PRAGMA user_version");
        if (application != ApplicationId)
            throw SecureUserDataException.Unavailable(
                "The database file is not SecureUserData's: name another folder.");
        if (version != SchemaVersion)
            throw SecureUserDataException.Unavailable(
                $"The database has schema version {version} and this program knows {SchemaVersion}: "
                + "use the program that fits it.");
    }
}
