using System.Security.Cryptography;

namespace SecureUserData;

/// <summary>A file for its owner only, which is there whole or not at all: written beside its place, and renamed. It is
/// made before anything is minted, so that a folder which cannot be written is found before a secret would be
/// lost.</summary>
internal sealed class OwnerOnlyFile : IDisposable
{
    internal const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;
    private readonly string _unfinished;
    private readonly FileStream _stream;

    internal OwnerOnlyFile(string path)
    {
        _path = path;
        var folder = Path.GetDirectoryName(path)!;
        CreateFolder(folder);
        _unfinished = Path.Combine(folder, $".{Path.GetFileName(path)}.{RandomNumberGenerator.GetHexString(12)}.tmp");
        _stream = Create(_unfinished);
    }

    /// <summary>Makes a new file, from its first moment for its owner only.</summary>
    /// <exception cref="IOException">There is one already.</exception>
    internal static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Mode;
        return new FileStream(path, options);
    }

    /// <summary>Whether others than the owner may read it.</summary>
    internal static bool IsOpenToOthers(string path) =>
        !OperatingSystem.IsWindows()
        && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0;

    /// <summary>What is written so far.</summary>
    internal Stream Stream => _stream;

    /// <summary>Puts the file in its place.</summary>
    internal void Save(ReadOnlySpan<byte> content, bool replace)
    {
        _stream.Write(content);
        Save(replace);
    }

    /// <summary>Puts the file in its place as it was written.</summary>
    internal void Save(bool replace)
    {
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        File.Move(_unfinished, _path, replace);
        // Without it a power failure could bring back the file that was there before, and a key that data is under
        // already would be lost.
        FolderSync.Run(Path.GetDirectoryName(_path)!);
    }

    private static void CreateFolder(string folder)
    {
        if (Directory.Exists(folder)) return;
        if (Path.GetDirectoryName(folder) is { } parent) CreateFolder(parent); // otherwise open to others
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, Mode | UnixFileMode.UserExecute);
    }

    public void Dispose()
    {
        _stream.Dispose();
        File.Delete(_unfinished);
    }
}
