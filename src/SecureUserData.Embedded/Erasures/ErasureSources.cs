using SecureUserData.Applications;
using SecureUserData.Erasures;

namespace SecureUserData.Embedded.Erasures;

/// <summary>Where certificates of erasures are looked for.</summary>
internal static class ErasureSources
{
    /// <summary>Reads lists and verifies them.</summary>
    /// <param name="keys">The keys of the installation that must have signed.</param>
    /// <param name="known">Lists that may be there.</param>
    /// <param name="named">Lists that somebody named: files, or the folders of data or backups that they lie
    /// in.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.NotFound"/> when one that was named is not
    /// there; <see cref="ErrorCode.Unavailable"/> when one cannot be read.</exception>
    internal static CertifiedErasures Read(
        InstallationKeys keys, IEnumerable<string?> known, IEnumerable<string> named) => DiskErrors.Translated(() =>
    {
        var erasures = new CertifiedErasures(keys);
        var lists = known.OfType<string>().Where(File.Exists).Concat(named.Select(Named));
        foreach (var list in lists.Select(Path.GetFullPath).Distinct())
            erasures.Add(list, ErasureListFile.Lines(list));
        return erasures;
    });

    private static string Named(string name)
    {
        var list = Directory.Exists(name) ? Of(name) : name;
        return File.Exists(list)
            ? list
            : throw new SecureUserDataException(
                ErrorCode.NotFound, $"There is no erasure list {list}: name the file, or the folder that it is in.");
    }

    /// <summary>The list of a data folder or a backup.</summary>
    internal static string Of(string folder) =>
        ErasureLists.Beside(Path.Combine(folder, EmbeddedEngine.DatabaseName));
}
