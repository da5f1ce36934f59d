namespace SecureUserData.Embedded;

/// <summary>A data folder, held by one process at a time. The system itself gives the lock back when the process ends,
/// however it ends; the file stays and means nothing.</summary>
internal sealed class FolderLock : IDisposable
{
    private const string Name = "sud.lock";

    private readonly FileStream _file;

    private FolderLock(string path, FileStream file)
    {
        Path = path;
        _file = file;
    }

    internal string Path { get; }

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/> when another process holds it, or
    /// it cannot be written.</exception>
    internal static FolderLock Take(string folder, bool create) => DiskErrors.Translated(() =>
    {
        if (File.Exists(folder))
            throw SecureUserDataException.Unavailable("The data folder is a file: name a folder.");
        if (create) CreateForOwner(folder);
        var file = new FileStream(
            System.IO.Path.Combine(folder, Name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        return new FolderLock(folder, file);
    });

    private static void CreateForOwner(string folder)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else if (!Directory.Exists(folder)) Directory.CreateDirectory(folder, owner);
    }

    public void Dispose() => _file.Dispose();
}
