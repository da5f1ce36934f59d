using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SecureUserData;

/// <summary>Puts the names in a folder on the disk: syncing a file does not do that for the name it was given
/// (rename(2), fsync(2)).</summary>
internal static class FolderSync
{
    /// <exception cref="IOException">The disk has failed.</exception>
    internal static void Run(string folder)
    {
        if (OperatingSystem.IsWindows()) return; // a rename is on record there, and a folder cannot be opened
        using var handle = new SafeFileHandle(Open(folder, flags: 0), ownsHandle: true); // O_RDONLY
        if (handle.IsInvalid)
            throw new IOException($"{folder} cannot be synced (error {Marshal.GetLastPInvokeError()})");
        RandomAccess.FlushToDisk(handle);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
