namespace SecureUserData.Embedded;

/// <summary>A data folder, held by one process at a time. The system itself gives the lock back when the process ends,
/// however it ends; the file stays and means nothing.</summary>
internal sealed class FolderLock : IDisposable
{
    internal const string Name = "sud.lock";

    private readonly FileStream _file;

    private FolderLock(string path, FileStream file)
    {
        Path = path;
        _file = file;
    }

    internal string Path { get; }

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/> when another process holds it, or
    /// it cannot be written.</exception>
    internal static FolderLock Take(string folder, bool create) => TryTake(folder, create)
        ?? throw SecureUserDataException.Unavailable(
            "The data folder cannot be opened: another process has it open. End that process, or wait for it.");

    /// <returns>Null when another process holds it.</returns>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/> when it cannot be
    /// written.</exception>
    internal static FolderLock? TryTake(string folder, bool create) => DiskErrors.Translated(() =>
    {
        if (File.Exists(folder))
            throw SecureUserDataException.Unavailable("The data folder is a file: name a folder.");
        if (create) CreateForOwner(folder);
        try
        {
            return new FolderLock(folder, new FileStream(
                System.IO.Path.Combine(folder, Name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (DiskErrors.IsLocked(e))
        {
            return null;
        }
    });

    private static void CreateForOwner(string folder)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else if (!Directory.Exists(folder)) Directory.CreateDirectory(folder, owner);
    }

    public void Dispose() => _file.Dispose();
}
