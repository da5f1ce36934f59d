using System.Runtime.InteropServices;

namespace SecureUserData.Embedded;

/// <summary>Puts the names in a folder on the disk: syncing a file does not do that for the name it was given
/// (fsync(2)).</summary>
internal static class FolderSync
{
    private const int ReadOnly = 0;

    /// <exception cref="IOException">The disk has failed.</exception>
    internal static void Run(string folder)
    {
        if (OperatingSystem.IsWindows()) return; // a rename is on record there, and a folder cannot be synced
        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0) throw Failed(folder);
        var result = Sync(descriptor);
        var failure = result < 0 ? Failed(folder) : null;
        Close(descriptor);
        if (failure is not null) throw failure;
    }

    private static IOException Failed(string folder) =>
        new($"{folder} cannot be synced (error {Marshal.GetLastPInvokeError()})");

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Sync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
