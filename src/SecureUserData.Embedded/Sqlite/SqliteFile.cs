using Microsoft.Data.Sqlite;

namespace SecureUserData.Embedded.Sqlite;

/// <summary>The database file: how it is opened, and its tables.</summary>
internal static class SqliteFile
{
    /// <summary>How long the writer waits for another connection to the file.</summary>
    internal const int BusyTimeoutMilliseconds = 30_000;

    // The log is appended to by position alone; who it is about is indexed behind (see LogIndex). The position of a row
    // and the number of a batch are the rowid itself and no column: a column that stands for the rowid leaves a type
    // byte in every row that nobody reads, so that changing it would not be found. Both count from 1 without gaps,
    // which is why a VACUUM, which may number rows anew, changes nothing.
    // This is version 1, as it was released: what comes later is an upgrade, for a new file too (see SchemaUpgrades).
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
    /// <param name="path">The file.</param>
    /// <param name="create">Whether it is made.</param>
    /// <param name="upgrades">The upgrades that this program knows; <see cref="SchemaUpgrades.All"/> but in
    /// tests.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/> when the file is not
    /// ours or cannot be used; <see cref="ErrorCode.Tampered"/> when it is damaged. It is left as it is.</exception>
    internal static SqliteConnection OpenWriter(string path, bool create, IReadOnlyList<string>? upgrades = null)
    {
        FileVersion? found = create ? null : DatabaseFiles.Check(path);
        var hasLog = DatabaseFiles.HasContent(path + "-wal");
        var connection = Open(path, create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite);
        try
        {
            WriteAheadLog.FoldOnClose(connection, !hasLog); // without one, closing takes away what opening has made
            if (found is { } inFile) CheckOurs(connection, inFile, upgrades ?? SchemaUpgrades.All);
            else Create(connection);
            // The writer folds the log itself; a log that has grown while somebody read for long is cut back then.
            Execute(connection, "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA cache_size=-65536; "
                + "PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864; PRAGMA temp_store=MEMORY; "
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
    /// <param name="path">The file.</param>
    /// <param name="keepsLog">Whether it leaves the write-ahead log as it is, even if it is the last to be
    /// closed.</param>
    internal static SqliteConnection OpenReader(string path, bool keepsLog = false) =>
        // A reader of a write-ahead log must be able to write its index.
        Reading(Open(path, SqliteOpenMode.ReadWrite), keepsLog);

    /// <summary>Opens a file that nobody has open, and that has no log, and leaves it as it is.</summary>
    internal static SqliteConnection OpenUnchanged(string path)
    {
        var inFile = DatabaseFiles.Check(path, FileAccess.Read);
        var connection = Reading(Open(path, SqliteOpenMode.ReadOnly), keepsLog: true);
        try
        {
            CheckOurs(connection, inFile, SchemaUpgrades.All);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Has SQLite undo what was interrupted while it changed the journal mode. It plays the journal back,
    /// whosever it is: only where nobody else has had the file open.</summary>
    internal static void RollBack(string path)
    {
        if (!DatabaseFiles.HasContent(path + "-journal")) return;
        using var connection = Open(path, SqliteOpenMode.ReadWrite);
        Number(connection, "SELECT count(*) FROM sqlite_schema");
    }

    private static SqliteConnection Reading(SqliteConnection connection, bool keepsLog)
    {
        try
        {
            if (keepsLog) WriteAheadLog.FoldOnClose(connection, false);
            Execute(connection, "PRAGMA query_only=ON; PRAGMA cache_size=-16384; "
                + "PRAGMA temp_store=MEMORY; PRAGMA busy_timeout=30000");
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

    internal static SqliteConnection Open(string path, SqliteOpenMode mode)
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

    private static void Create(SqliteConnection connection)
    {
        Execute(connection, "PRAGMA journal_mode=WAL");
        var version = FileVersion.First(SchemaUpgrades.Newest(SchemaUpgrades.All));
        Execute(
            connection,
            $"BEGIN; {Schema} {string.Concat(SchemaUpgrades.All)} PRAGMA application_id={DatabaseFiles.ApplicationId}; "
            + $"PRAGMA user_version={version.Number}; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// <summary>Looks at the file with its log, as SQLite sees it.</summary>
    /// <param name="connection">A connection that has read nothing yet.</param>
    /// <param name="inFile">What the file says without its log.</param>
    /// <param name="upgrades">The upgrades that this program knows.</param>
    private static void CheckOurs(
        SqliteConnection connection, FileVersion inFile, IReadOnlyList<string> upgrades)
    {
        var newest = SchemaUpgrades.Newest(upgrades);
        var version = FileVersion.Of(Number(connection, "PRAGMA user_version"));
        if (Number(connection, "PRAGMA application_id") != DatabaseFiles.ApplicationId || !version.Follows(inFile))
            throw DatabaseFiles.Unpaired();
        if (version.Schema < 1) throw DatabaseFiles.NotOurs();
        if (version.Schema > newest)
            throw SecureUserDataException.Unavailable(
                $"The database has schema version {version.Schema}, and this program knows up to {newest}: use a "
                + $"newer SecureUserData, one that knows schema version {version.Schema}. Nothing was touched.");
    }
}
