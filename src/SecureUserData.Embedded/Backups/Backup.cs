using SecureUserData.Cryptography;
using SecureUserData.Embedded.Sqlite;

namespace SecureUserData.Embedded.Backups;

/// <summary>Backups of an installation of the embedded engine (<c>docs/backup.md</c>). The master key is in none of
/// them.</summary>
public static class Backup
{
    /// <summary>Makes a backup of a data folder, whether or not another process has it open, and verifies
    /// it.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="target">The folder of the backup; made, for its owner only.</param>
    /// <param name="masters">The master key ring.</param>
    /// <param name="time">The clock; the system's if it is not said.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it; nothing is left behind.</param>
    /// <returns>What the backup says of itself.</returns>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when there is a backup in the place
    /// already; <see cref="ErrorCode.Unavailable"/> when there is no room, it cannot be written or the key is wrong;
    /// <see cref="ErrorCode.Tampered"/> with the place when what is backed up does not authenticate.</exception>
    public static async Task<BackupManifest> CreateAsync(
        string folder,
        string target,
        IMasterKeyRing masters,
        TimeProvider? time = null,
        IProgress<BackupProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        if (!EmbeddedEngine.Exists(folder))
            throw new SecureUserDataException(
                ErrorCode.NotFound, "There is no installation in this folder: name another folder.");
        var path = Path.Combine(folder, EmbeddedEngine.DatabaseName);
        // Who has the folder open has looked at its files. Otherwise nobody opens it before the copy is made.
        using var locked = FolderLock.TryTake(folder, create: false);
        if (locked is not null) DatabaseFiles.Check(path);
        // An engine that has ended meanwhile may have left its log to whoever opens the folder next.
        var keepsLog = locked is null || DatabaseFiles.HasContent(path + "-wal");
        Microsoft.Data.Sqlite.SqliteConnection Open() => SqliteFile.OpenReader(path, keepsLog);
        using (await StoredInstallation.OpenAsync(path, Open, masters, time ?? TimeProvider.System))
        {
            // the key is right
        }
        return await new BackupWriter(path, target, masters, time ?? TimeProvider.System).RunAsync(
            copy =>
            {
                copy();
                locked?.Dispose(); // while the copy is verified, the folder is nobody's
                return Task.CompletedTask;
            },
            Open,
            progress,
            cancellation);
    }

    /// <summary>Verifies a backup: its digest, every page and state of its database, and its access log. Nothing is
    /// changed.</summary>
    /// <param name="backup">The folder of the backup.</param>
    /// <param name="masters">A master key ring with the versions that the backup needs.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>What the backup says of itself.</returns>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.NotFound"/> when there is none;
    /// <see cref="ErrorCode.Tampered"/> with the place; <see cref="ErrorCode.Unavailable"/> when it cannot be read, a
    /// purge of it has not ended, or the ring is not its own.</exception>
    public static Task<BackupManifest> VerifyAsync(
        string backup,
        IMasterKeyRing masters,
        IProgress<BackupProgress>? progress = null,
        CancellationToken cancellation = default) => BackupReader.VerifyAsync(
        new BackupFolder(Path.GetFullPath(backup)), masters, TimeProvider.System, progress, cancellation);

    /// <summary>Verifies a backup and puts it into a data folder. Whoever was erased after it was made is erased in it
    /// before anybody can sign in.</summary>
    /// <param name="backup">The folder of the backup.</param>
    /// <param name="folder">The data folder; made, for its owner only, if it is not there.</param>
    /// <param name="masters">A master key ring with the versions that the backup needs.</param>
    /// <param name="options">How; with the erasure lists, which are newer than the backup.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it; nothing is restored then.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when there is an installation in the
    /// folder; <see cref="ErrorCode.NotFound"/> when there is no backup or no list where one was named; otherwise as
    /// <see cref="VerifyAsync"/>.</exception>
    public static Task<RestoreReport> RestoreAsync(
        string backup,
        string folder,
        IMasterKeyRing masters,
        RestoreOptions? options = null,
        IProgress<BackupProgress>? progress = null,
        CancellationToken cancellation = default) =>
        new BackupRestore(
            new BackupFolder(Path.GetFullPath(backup)),
            Path.GetFullPath(folder),
            masters,
            options ?? new RestoreOptions()).RunAsync(progress, cancellation);

    /// <summary>Removes from a backup, in place, whoever was erased after it was made. Doing it again finishes what was
    /// interrupted.</summary>
    /// <param name="backup">The folder of the backup.</param>
    /// <param name="erasures">Newer erasure lists: files, or the folders that they lie in.</param>
    /// <param name="masters">A master key ring with the versions that the backup needs.</param>
    /// <param name="dryRun">Whether to find out only, and to change nothing.</param>
    /// <param name="time">The clock; the system's if it is not said.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it; it has to be done again then.</param>
    /// <exception cref="SecureUserDataException">As <see cref="VerifyAsync"/>; <see cref="ErrorCode.NotFound"/> also
    /// when there is no list where one was named.</exception>
    public static Task<PurgeReport> PurgeAsync(
        string backup,
        IReadOnlyList<string> erasures,
        IMasterKeyRing masters,
        bool dryRun = false,
        TimeProvider? time = null,
        IProgress<BackupProgress>? progress = null,
        CancellationToken cancellation = default) =>
        new BackupPurge(
            new BackupFolder(Path.GetFullPath(backup)), erasures, masters, time ?? TimeProvider.System)
            .RunAsync(dryRun, progress, cancellation);
}
