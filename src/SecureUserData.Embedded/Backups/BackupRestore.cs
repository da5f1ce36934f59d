using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Embedded.Erasures;
using SecureUserData.Embedded.Sqlite;
using SecureUserData.Erasures;

namespace SecureUserData.Embedded.Backups;

/// <summary>Puts a backup into a data folder. It gets its name only when everybody is erased in it who was erased after
/// it was made: nobody can sign in before, and a crash leaves nothing but an unfinished file.</summary>
internal sealed class BackupRestore(BackupFolder backup, string folder, IMasterKeyRing masters, RestoreOptions options)
{
    private readonly string _database = Path.Combine(folder, EmbeddedEngine.DatabaseName);

    internal async Task<RestoreReport> RunAsync(
        IProgress<BackupProgress>? progress, CancellationToken cancellation)
    {
        if (!options.DryRun) DemandFree();
        var manifest = await BackupReader.VerifyAsync(backup, masters, options.Time, progress, cancellation);
        CertifiedErasures certified;
        IReadOnlyList<UserId> unfinished;
        using (var stored = await BackupReader.OpenAsync(backup, masters, options.Time))
        {
            certified = Read(stored.Keys);
            unfinished = await stored.UnfinishedAsync(certified.Users.Keys);
        }
        var report = new RestoreReport(
            manifest, certified.Certificates.Count, unfinished, certified.Refused, EntriesLost(manifest));
        if (!options.DryRun) await RestoreAsync(manifest, certified, progress, cancellation);
        return report;
    }

    /// <summary>The folder with what the backup takes the place of.</summary>
    private string? Old => options.OldFolder ?? (options.DryRun && EmbeddedEngine.Exists(folder) ? folder : null);

    private CertifiedErasures Read(InstallationKeys keys) => ErasureSources.Read(
        keys,
        [
            backup.Erasures,
            ErasureSources.Of(folder), // it may have been left there when the database was moved away
            Old is { } old ? ErasureSources.Of(old) : null,
            options.ErasureList,
        ],
        options.Erasures);

    private async Task RestoreAsync(
        BackupManifest manifest,
        CertifiedErasures certified,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellation)
    {
        using var locked = FolderLock.Take(folder, create: true);
        DemandFree();
        var unfinished = _database + ".restoring";
        EmbeddedEngine.Remove(unfinished); // what a crash has left
        try
        {
            Copy(manifest, unfinished, progress, cancellation);
            var lists = new ErasureLists(ErasureLists.Beside(_database), options.ErasureList);
            await lists.AddAsync(certified.Certificates); // whatever happens next, nobody is forgotten
            await using (var engine = await OfflineEngine.OpenAsync(unfinished, lists, masters, options.Time))
            {
                await engine.RecordRestoreAsync(
                    $"backup/{manifest.DatabaseSha256}", $"made/{manifest.CreatedAt:yyyy-MM-dd'T'HH:mm:ss'Z'}");
                await engine.EraseAsync(certified.Users, progress, cancellation);
                await engine.CloseAsync();
            }
            DiskErrors.Translated(() =>
            {
                File.Move(unfinished, _database);
                FolderSync.Run(folder);
                return true;
            });
        }
        catch
        {
            EmbeddedEngine.Remove(unfinished);
            throw;
        }
    }

    /// <summary>Copies what is verified once more while it is copied: the backup may have changed since.</summary>
    private void Copy(
        BackupManifest manifest, string to, IProgress<BackupProgress>? progress, CancellationToken cancellation)
    {
        using var file = BackupFolder.Create(to, FileMode.CreateNew);
        var copying = new StepProgress(progress, BackupStep.Copying, manifest.DatabaseBytes);
        if (backup.Digest(copying, cancellation, file) != manifest.DatabaseSha256)
            throw SecureUserDataException.Tampered("the database of the backup, which was changed just now");
        DiskErrors.Translated(() =>
        {
            file.Flush(flushToDisk: true);
            return true;
        });
    }

    private void DemandFree()
    {
        if (EmbeddedEngine.Files(_database).Any(Path.Exists) || EmbeddedEngine.Exists(folder))
            throw SecureUserDataException.Conflict(
                $"There is an installation in {folder} already, or a part of one: restore into another folder, or "
                + "move sud.db, sud.db-wal and sud.db-shm out of it first. Leave sud.erasures there, or name the old "
                + "folder, so that who was erased since stays erased.");
    }

    /// <summary>How many entries of the access log the old data has that the backup lacks; null when nobody can
    /// tell.</summary>
    private long? EntriesLost(BackupManifest manifest)
    {
        if (Old is not { } old || !EmbeddedEngine.Exists(old)) return null;
        try
        {
            var path = Path.Combine(old, EmbeddedEngine.DatabaseName);
            using var locked = FolderLock.TryTake(old, create: false);
            var keepsLog = locked is null || DatabaseFiles.HasContent(path + "-wal"); // as when a backup is made
            using var readers = new SqliteReaders(() => SqliteFile.OpenReader(path, keepsLog));
            return Math.Max(0, StoredCounts.Of(readers).LogEntries - manifest.Counts.LogEntries);
        }
        catch (SecureUserDataException)
        {
            return null; // it is damaged, which may be why there is a restore
        }
    }
}

/// <summary>How a backup is restored.</summary>
public sealed record RestoreOptions
{
    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Erasure lists besides those that lie in the backup and in the data folder: files, or the folders that
    /// they lie in.</summary>
    public IReadOnlyList<string> Erasures { get; init; } = [];

    /// <summary>Where the data is now that the backup takes the place of; null when it is lost.</summary>
    public string? OldFolder { get; init; }

    /// <summary>The second place of the erasure list, see <see cref="EmbeddedOptions.ErasureList"/>.</summary>
    public string? ErasureList { get; init; }

    /// <summary>Whether to find out only, and to change nothing.</summary>
    public bool DryRun { get; init; }
}

/// <summary>What a restore did, or would do.</summary>
/// <param name="Backup">What the backup says of itself.</param>
/// <param name="Certificates">Certificates of erasures that verify.</param>
/// <param name="ErasedAgain">Who was erased after the backup was made, and is erased again.</param>
/// <param name="Refused">Lines of erasure lists that are no certificates of this installation; they erase
/// nobody.</param>
/// <param name="EntriesLost">Entries of the access log that the old data has and the backup lacks; null when the old
/// data was not named or cannot be read.</param>
public sealed record RestoreReport(
    BackupManifest Backup,
    int Certificates,
    IReadOnlyList<UserId> ErasedAgain,
    IReadOnlyList<RefusedCertificate> Refused,
    long? EntriesLost);
