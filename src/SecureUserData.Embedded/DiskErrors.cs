namespace SecureUserData.Embedded;

/// <summary>What errors of files and folders mean to a caller.</summary>
internal static class DiskErrors
{
    // Outside Windows .NET hands the system's own number on as the HResult.
    private const int LockedOnWindows = unchecked((int)0x80070020);
    private const int FullOnWindows = unchecked((int)0x80070070);
    private const int LockedOnLinux = 11; // EWOULDBLOCK
    private const int LockedOnMac = 35;
    private const int Full = 28; // ENOSPC
    private const int ReadOnly = 30; // EROFS

    /// <summary>Runs something on files.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/> for any error of the
    /// disk.</exception>
    internal static T Translated<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch (UnauthorizedAccessException e)
        {
            throw SecureUserDataException.Unavailable(
                "The data folder cannot be written: check the permissions of the folder and of the files in it.", e);
        }
        catch (IOException e)
        {
            throw Translate(e);
        }
    }

    /// <summary>Whether another process has the file.</summary>
    internal static bool IsLocked(IOException e) => e.HResult is LockedOnLinux or LockedOnMac or LockedOnWindows;

    private static SecureUserDataException Translate(IOException e) => SecureUserDataException.Unavailable(
        e.HResult switch
        {
            Full or FullOnWindows => "The disk is full: make room and open the engine again.",
            ReadOnly => "The data folder's disk is read-only: make it writable, or name another folder.",
            _ => "The data folder cannot be used: check that it is a folder, and check the disk.",
        },
        e);
}
