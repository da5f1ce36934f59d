namespace SecureUserData.Embedded;

/// <summary>A data folder, held by one process at a time.</summary>
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
    internal static FolderLock Take(string folder, bool create)
    {
        try
        {
            if (create) CreateForOwner(folder);
            var file = new FileStream(
                System.IO.Path.Combine(folder, Name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new FolderLock(folder, file);
        }
        catch (UnauthorizedAccessException e)
        {
            throw SecureUserDataException.Unavailable("The data folder cannot be written: check its permissions.", e);
        }
        catch (IOException e)
        {
            throw SecureUserDataException.Unavailable(
                "The data folder cannot be opened: another process has it open, or it cannot be made.", e);
        }
    }

    private static void CreateForOwner(string folder)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else if (!Directory.Exists(folder)) Directory.CreateDirectory(folder, owner);
    }

    public void Dispose() => _file.Dispose();
}
