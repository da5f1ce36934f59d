using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Embedded.Erasures;
using SecureUserData.Embedded.Sqlite;
using SecureUserData.Erasures;

namespace SecureUserData.Embedded.Backups;

/// <summary>Removes from a backup whoever was erased after it was made, in place. The manifest says that it is under
/// way before anything is changed, and doing it again finishes what a crash has interrupted.</summary>
internal sealed class BackupPurge(
    BackupFolder backup, IReadOnlyList<string> lists, IMasterKeyRing masters, TimeProvider time)
{
    internal async Task<PurgeReport> RunAsync(
        bool dryRun, IProgress<BackupProgress>? progress, CancellationToken cancellation)
    {
        var manifest = backup.ReadManifest();
        BackupReader.DemandKeys(manifest, masters);
        if (!manifest.IsPurging || dryRun)
        {
            await BackupReader.VerifyAsync(backup, masters, time, progress, cancellation);
            var preview = await PreviewAsync(manifest); // a list that cannot be read is found before anything is begun
            if (dryRun) return preview;
        }
        using var locked = FolderLock.Take(backup.Path, create: false);
        if (manifest.IsPurging) SqliteFile.RollBack(backup.Database);
        backup.WriteManifest(manifest with { IsPurging = true });
        var (certified, erased) = await EraseAsync(progress, cancellation);
        DatabaseFiles.MarkWithoutLog(backup.Database);
        var purged = await DescribeAsync(manifest, progress, cancellation);
        backup.WriteManifest(purged);
        return new PurgeReport(purged, certified.Certificates.Count, erased, certified.Refused);
    }

    private async Task<PurgeReport> PreviewAsync(BackupManifest manifest)
    {
        using var stored = await BackupReader.OpenAsync(backup, masters, time);
        var certified = Read(stored.Keys);
        var users = await stored.UnfinishedAsync(certified.Users.Keys);
        return new PurgeReport(manifest, certified.Certificates.Count, users, certified.Refused);
    }

    private async Task<(CertifiedErasures Certified, IReadOnlyList<UserId> Erased)> EraseAsync(
        IProgress<BackupProgress>? progress, CancellationToken cancellation)
    {
        var own = new ErasureLists(backup.Erasures);
        await using var engine = await OfflineEngine.OpenAsync(backup.Database, own, masters, time);
        var certified = Read(engine.Keys);
        await own.AddAsync(certified.Certificates);
        var erased = await engine.EraseAsync(certified.Users, progress, cancellation);
        await engine.CloseAsync();
        return (certified, erased);
    }

    private CertifiedErasures Read(InstallationKeys keys) => ErasureSources.Read(keys, [backup.Erasures], lists);

    private async Task<BackupManifest> DescribeAsync(
        BackupManifest before, IProgress<BackupProgress>? progress, CancellationToken cancellation)
    {
        var bytes = new FileInfo(backup.Database).Length;
        var digest = backup.Digest(new StepProgress(progress, BackupStep.Digesting, bytes), cancellation);
        return await BackupReader.DescribeAsync(backup, masters, time, progress, cancellation) with
        {
            CreatedAt = before.CreatedAt,
            PurgedAt = time.GetUtcNow(),
            ErasuresListed = ErasureListFile.Lines(backup.Erasures).LongCount(),
            DatabaseBytes = bytes,
            DatabaseSha256 = digest,
        };
    }
}

/// <summary>What a purge of a backup did, or would do.</summary>
/// <param name="Backup">What the backup says of itself, afterwards.</param>
/// <param name="Certificates">Certificates of erasures that verify.</param>
/// <param name="Erased">Who was in the backup, and is removed from it.</param>
/// <param name="Refused">Lines of erasure lists that are no certificates of this installation; they erase
/// nobody.</param>
public sealed record PurgeReport(
    BackupManifest Backup,
    int Certificates,
    IReadOnlyList<UserId> Erased,
    IReadOnlyList<RefusedCertificate> Refused);
