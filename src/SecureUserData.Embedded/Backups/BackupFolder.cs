using System.Security.Cryptography;
using SecureUserData.Embedded.Erasures;

namespace SecureUserData.Embedded.Backups;

/// <summary>The files of a backup.</summary>
internal sealed class BackupFolder(string path)
{
    private const int Chunk = 1 << 20;
    private const int MaxManifestBytes = 16 << 20;

    internal string Path => path;

    internal string Database => System.IO.Path.Combine(path, EmbeddedEngine.DatabaseName);

    internal string Erasures => ErasureLists.Beside(Database);

    private string Manifest => System.IO.Path.Combine(path, "manifest.json");

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.NotFound"/> when there is no backup;
    /// <see cref="ErrorCode.Unavailable"/> when it is of another format; <see cref="ErrorCode.Tampered"/>.</exception>
    internal BackupManifest ReadManifest() => Translated(() =>
    {
        if (!File.Exists(Manifest))
            throw new SecureUserDataException(
                ErrorCode.NotFound, $"There is no backup in {path}: name the folder that its manifest.json is in.");
        if (new FileInfo(Manifest).Length > MaxManifestBytes
            || BackupManifest.Parse(File.ReadAllBytes(Manifest)) is not { Format: not null } manifest)
            throw SecureUserDataException.Tampered("the manifest of the backup");
        return manifest.Format == BackupManifest.CurrentFormat
            ? manifest
            : throw SecureUserDataException.Unavailable(
                "The backup is of another format than this program knows: use a newer SecureUserData.");
    });

    /// <summary>Puts a manifest in its place: whole, or the one before stays.</summary>
    internal void WriteManifest(BackupManifest manifest) => Translated(() =>
    {
        var unfinished = Manifest + ".new";
        using (var file = Create(unfinished, FileMode.Create))
        {
            file.Write(manifest.ToJson());
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, Manifest, overwrite: true);
        FolderSync.Run(path);
        return true;
    });

    /// <summary>SHA-256 of the database file, in lower-case hexadecimal.</summary>
    /// <param name="progress">Told how many bytes are done.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <param name="copyTo">Where to copy what is read to; null for nowhere.</param>
    internal string Digest(IProgress<long>? progress, CancellationToken cancellation, Stream? copyTo = null) =>
        Translated(() =>
        {
            using var file = new FileStream(Database, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
            using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var bytes = new byte[Chunk];
            while (file.Read(bytes) is var read and > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                digest.AppendData(bytes, 0, read);
                copyTo?.Write(bytes, 0, read);
                progress?.Report(file.Position);
            }
            return Convert.ToHexStringLower(digest.GetHashAndReset());
        });

    /// <summary>A file for its owner only.</summary>
    internal static FileStream Create(string file, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(file, options);
    }

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/> for any error of the disk.
    /// </exception>
    internal T Translated<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw SecureUserDataException.Unavailable(
                $"The backup in {path} cannot be read or written: check the path, its permissions and the disk's room.",
                e);
        }
    }
}
