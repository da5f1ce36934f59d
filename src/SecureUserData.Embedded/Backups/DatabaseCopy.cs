using Microsoft.Data.Sqlite;
using SecureUserData.Embedded.Sqlite;
using SQLitePCL;

namespace SecureUserData.Embedded.Backups;

/// <summary>Copies a database as it is at one moment while others write to it, with SQLite's online backup
/// (https://sqlite.org/c3ref/backup_finish.html): page by page within one transaction that reads, so that it never has
/// to begin anew. The write-ahead log grows meanwhile by what is written. A copy by statements, such as VACUUM INTO,
/// would have to be trusted not to number rows anew.</summary>
internal sealed class DatabaseCopy : IDisposable
{
    private const int PagesAtOnce = 1_024;

    private readonly SqliteConnection _source;
    private readonly int _pageSize;

    /// <summary>Takes hold of the moment.</summary>
    /// <param name="source">A connection of its own, which is closed with this.</param>
    internal DatabaseCopy(SqliteConnection source)
    {
        _source = source;
        SqliteFile.Execute(source, "BEGIN");
        Bytes = SqliteFile.Number(source, "PRAGMA page_count"); // reads, which begins the transaction
        _pageSize = (int)SqliteFile.Number(source, "PRAGMA page_size");
        Bytes *= _pageSize;
    }

    /// <summary>The length of the copy.</summary>
    internal long Bytes { get; }

    /// <summary>Writes the copy, which needs no write-ahead log, so that it can be read where nothing may be
    /// written.</summary>
    /// <param name="path">A new file.</param>
    /// <param name="progress">Told how many bytes are done.</param>
    /// <param name="cancellation">Stops it between some pages and others.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/>.</exception>
    internal void Write(string path, IProgress<long> progress, CancellationToken cancellation)
    {
        BackupFolder.Create(path, FileMode.CreateNew).Dispose();
        using (var target = SqliteFile.Open(path, SqliteOpenMode.ReadWrite))
        {
            // Nobody looks at the copy before it is whole and synced below.
            SqliteFile.Execute(target, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA secure_delete=ON");
            CopyPages(target, progress, cancellation);
        }
        DatabaseFiles.MarkWithoutLog(path);
    }

    private void CopyPages(SqliteConnection target, IProgress<long> progress, CancellationToken cancellation)
    {
        var backup = raw.sqlite3_backup_init(target.Handle!, "main", _source.Handle!, "main");
        if (backup.IsInvalid) SqliteErrors.Demand(raw.sqlite3_errcode(target.Handle!), target);
        int result;
        try
        {
            do
            {
                cancellation.ThrowIfCancellationRequested();
                result = raw.sqlite3_backup_step(backup, PagesAtOnce);
                progress.Report(
                    (long)(raw.sqlite3_backup_pagecount(backup) - raw.sqlite3_backup_remaining(backup)) * _pageSize);
            }
            while (result == raw.SQLITE_OK);
        }
        finally
        {
            raw.sqlite3_backup_finish(backup);
        }
        if (result != raw.SQLITE_DONE) SqliteErrors.Demand(result, target);
    }

    public void Dispose() => _source.Dispose();
}
