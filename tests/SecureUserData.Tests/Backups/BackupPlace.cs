using System.Security.Cryptography;
using System.Text.RegularExpressions;
using SecureUserData.Cryptography;
using SecureUserData.Embedded.Backups;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Backups;

/// <summary>A place for one backup.</summary>
internal sealed class BackupPlace : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("sud-backup-");

    internal string Path => System.IO.Path.Combine(_root.FullName, "backup");

    internal string Database => System.IO.Path.Combine(Path, "sud.db");

    internal string Manifest => System.IO.Path.Combine(Path, "manifest.json");

    internal string Erasures => System.IO.Path.Combine(Path, "sud.erasures");

    /// <summary>Everything in the place, the unfinished too.</summary>
    internal IEnumerable<string> Names => Directory
        .EnumerateFileSystemEntries(_root.FullName, "*", SearchOption.AllDirectories)
        .Select(file => System.IO.Path.GetRelativePath(_root.FullName, file)).Order(StringComparer.Ordinal);

    internal static MasterKeyRing Masters() => MasterKeyRing.Parse(DataFolder.Masters);

    internal Task<BackupManifest> CreateAsync(DataFolder folder) => Backup.CreateAsync(
        folder.Path, Path, Masters(), cancellation: TestContext.Current.CancellationToken);

    internal Task<BackupManifest> VerifyAsync() =>
        Backup.VerifyAsync(Path, Masters(), cancellation: TestContext.Current.CancellationToken);

    /// <summary>A data folder with the database as it is in the backup.</summary>
    internal DataFolder AsFolder()
    {
        var folder = new DataFolder();
        File.Copy(Database, folder.Database);
        return folder;
    }

    /// <summary>Writes the digest of the database as it is now into the manifest, as whoever changes one can.</summary>
    internal void MakeDigestFit()
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Database)));
        File.WriteAllText(Manifest, Regex.Replace(File.ReadAllText(Manifest), "[0-9a-f]{64}", digest));
    }

    internal async Task AssertRefusedAsync(ErrorCode code, string text)
    {
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(VerifyAsync);
        Assert.True(refusal.Code == code, $"{refusal.Code}: {refusal.Message}");
        Assert.Contains(text, refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _root.Delete(recursive: true);
}
