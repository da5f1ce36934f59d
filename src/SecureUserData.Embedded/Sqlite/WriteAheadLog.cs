using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SecureUserData.Embedded.Sqlite;

/// <summary>The writer's side of the write-ahead log: it is folded into the file now and then, and it is numbered.
/// SQLite itself plays any log back that lies beside a file, also one of another installation, or a newer one that was
/// left when a backup of the file was put back, and destroys the file by it. So whenever a log begins anew, its first
/// transaction counts on the number in <c>user_version</c>, and a file is opened with no log but its own number's or
/// the next one's (<see cref="FileVersion.Follows"/>).</summary>
/// <param name="connection">The writer's connection.</param>
/// <param name="foldAfter">Pages written from which on it is folded in.</param>
internal sealed class WriteAheadLog(SqliteConnection connection, int foldAfter = WriteAheadLog.FoldAfter)
{
    private const int FoldAfter = 4_000;
    private const int PatienceMilliseconds = 50;
    private const int EmptyingPatienceMilliseconds = 2_000;
    private const int NoCheckpointOnClose = 1006; // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE
    private const int PagesWritten = 9; // SQLITE_DBSTATUS_CACHE_WRITE

    private FileVersion? _version;
    private FileVersion? _next; // in the transaction under way
    private bool _beginsAnew;

    /// <summary>What the file says.</summary>
    internal FileVersion Version =>
        _version ??= FileVersion.Of(SqliteFile.Number(connection, "PRAGMA user_version"));

    /// <summary>Whether the last connection folds the log in when it is closed. A file that is refused is left as it
    /// is; and after an error of the disk the file is left to the next opening, which starts from what the log really
    /// holds.</summary>
    internal static void FoldOnClose(SqliteConnection connection, bool fold) => SqliteErrors.Demand(
        raw.sqlite3_db_config(connection.Handle!, NoCheckpointOnClose, fold ? 0 : 1, out _), connection);

    /// <summary>Counts the number on if the log begins anew; within each transaction.</summary>
    internal void Number()
    {
        if (_beginsAnew) Write(Version.Next);
    }

    internal void RolledBack() => _next = null;

    internal void Committed()
    {
        if (_next is null) return;
        _version = _next;
        _next = null;
        _beginsAnew = false;
    }

    /// <summary>Runs statements in a transaction of their own.</summary>
    /// <param name="sql">The statements; after a failure the connection has to be closed.</param>
    /// <param name="schema">The schema version from then on.</param>
    internal void Transact(string sql, int? schema = null)
    {
        SqliteFile.Execute(connection, $"BEGIN IMMEDIATE; {sql}");
        Write((_beginsAnew ? Version.Next : Version) with { Schema = schema ?? Version.Schema });
        SqliteFile.Execute(connection, "COMMIT");
        Committed();
    }

    /// <summary>Folds the log in when it has grown.</summary>
    internal void FoldIfDue()
    {
        raw.sqlite3_db_status(connection.Handle!, PagesWritten, out var pages, out _, 0);
        if (pages >= foldAfter) Fold();
    }

    /// <summary>Folds the log into the file, as far as nobody reads from it, and lets it begin anew.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/> when the disk has failed. SQLite's
    /// own checkpoints take no note of that, and a second attempt may succeed without anything having reached the
    /// disk.</exception>
    internal void Fold()
    {
        raw.sqlite3_db_status(connection.Handle!, PagesWritten, out _, out _, 1);
        // With readers that come and go, a checkpoint that waits for none of them seldom lets the log begin anew.
        var result = Checkpoint(raw.SQLITE_CHECKPOINT_RESTART, PatienceMilliseconds);
        // Without room in the file all is safe in the log, and what is written next may still find room there.
        if (result is not (raw.SQLITE_FULL or raw.SQLITE_BUSY)) SqliteErrors.Demand(result, connection);
    }

    /// <summary>Folds the log into the file and cuts it to nothing, so that no older copy of a page is left.</summary>
    /// <returns>False when somebody was reading all the time.</returns>
    /// <exception cref="SecureUserDataException">The disk has failed or is full.</exception>
    internal bool TryEmpty()
    {
        var result = Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE, EmptyingPatienceMilliseconds);
        if (result == raw.SQLITE_BUSY) return false;
        SqliteErrors.Demand(result, connection);
        return true;
    }

    /// <summary>Everybody who writes waits meanwhile, so it does not wait for readers for long.</summary>
    private int Checkpoint(int mode, int patience)
    {
        raw.sqlite3_busy_timeout(connection.Handle!, patience);
        var result = raw.sqlite3_wal_checkpoint_v2(connection.Handle!, "main", mode, out var pages, out var folded);
        raw.sqlite3_busy_timeout(connection.Handle!, SqliteFile.BusyTimeoutMilliseconds);
        // With all of it in the file, SQLite may begin it anew by itself when whoever is reading has gone.
        if (result == raw.SQLITE_OK || (result == raw.SQLITE_BUSY && pages > 0 && folded == pages)) _beginsAnew = true;
        return result;
    }

    private void Write(FileVersion next)
    {
        SqliteFile.Execute(connection, $"PRAGMA user_version={next.Number}");
        _next = next;
    }
}
