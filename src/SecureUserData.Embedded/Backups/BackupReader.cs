using SecureUserData.Cryptography;
using SecureUserData.Embedded.Erasures;
using SecureUserData.Embedded.Sqlite;

namespace SecureUserData.Embedded.Backups;

/// <summary>Verifies a backup, and changes nothing in it.</summary>
internal static class BackupReader
{
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.NotFound"/> when there is none;
    /// <see cref="ErrorCode.Tampered"/> with the place; <see cref="ErrorCode.Unavailable"/> when a purge of it has not
    /// ended, or the ring lacks a version.</exception>
    internal static async Task<BackupManifest> VerifyAsync(
        BackupFolder backup,
        IMasterKeyRing masters,
        TimeProvider time,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellation)
    {
        var manifest = backup.ReadManifest();
        DemandWhole(backup, manifest);
        DemandKeys(manifest, masters);
        var digesting = new StepProgress(progress, BackupStep.Digesting, manifest.DatabaseBytes);
        if (backup.Digest(digesting, cancellation) != manifest.DatabaseSha256)
            throw SecureUserDataException.Tampered(
                $"the file {EmbeddedEngine.DatabaseName} of the backup, which is not what its manifest says");
        var found = await DescribeAsync(backup, masters, time, progress, cancellation);
        if (found.Counts != manifest.Counts
            || ErasureListFile.Lines(backup.Erasures).LongCount() < manifest.ErasuresListed)
            throw SecureUserDataException.Tampered("the erasure list or the manifest of the backup");
        return manifest;
    }

    /// <summary>What a manifest says of the database in it, once that has been verified.</summary>
    internal static async Task<BackupManifest> DescribeAsync(
        BackupFolder backup,
        IMasterKeyRing masters,
        TimeProvider time,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellation)
    {
        using var stored = await OpenAsync(backup, masters, time);
        var verified = await stored.VerifyAsync(progress, cancellation);
        var version = stored.Readers.Read("PRAGMA user_version", [], row => row.Read() ? row.Integer(0) : 0);
        return new BackupManifest(
            BackupManifest.CurrentFormat,
            default,
            FileVersion.Of(version).Schema,
            [.. verified.MasterVersions],
            verified.ApplicationVersions,
            stored.Counts,
            default,
            default,
            "");
    }

    internal static Task<StoredInstallation> OpenAsync(
        BackupFolder backup, IMasterKeyRing masters, TimeProvider time) => StoredInstallation.OpenAsync(
        backup.Database, () => SqliteFile.OpenUnchanged(backup.Database), masters, time);

    internal static void DemandKeys(BackupManifest manifest, IMasterKeyRing masters)
    {
        var missing = manifest.MasterKeyVersions.Except(masters.Versions).ToList();
        if (missing.Count > 0)
            throw SecureUserDataException.Unavailable(
                $"This backup needs version {string.Join(", ", missing)} of the master key, which the ring lacks: put "
                + "it into the ring for as long as you work with the backup.");
    }

    private static void DemandWhole(BackupFolder backup, BackupManifest manifest)
    {
        if (manifest.IsPurging
            || DatabaseFiles.HasContent(backup.Database + "-wal")
            || DatabaseFiles.HasContent(backup.Database + "-journal"))
            throw SecureUserDataException.Unavailable(
                "A purge of this backup was interrupted: run it again, which finishes it.");
    }
}
