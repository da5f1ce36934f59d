using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace SecureUserData.Vault;

/// <summary>A file for its owner only, which is there whole or not at all: written beside its place, and renamed.
/// </summary>
internal static class OwnerOnlyFile
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when there is a file already and it
    /// is not to be replaced.</exception>
    /// <exception cref="IOException">The folder is not there, or the disk is full or has failed.</exception>
    internal static void Write(string path, ReadOnlySpan<byte> content, bool replace)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var unfinished =
            Path.Combine(folder, $".{Path.GetFileName(path)}.{RandomNumberGenerator.GetHexString(12)}.tmp");
        try
        {
            using (var stream = Create(unfinished))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path, replace);
        }
        catch (IOException) when (!replace && File.Exists(path)) // somebody else was first
        {
            throw Taken(path);
        }
        finally
        {
            File.Delete(unfinished);
        }
        SyncFolder(folder);
    }

    internal static SecureUserDataException Taken(string path) => SecureUserDataException.Conflict(
        $"There is a file {path} already, and keys in it would be lost: name another one.");

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Mode;
        return new FileStream(path, options);
    }

    /// <summary>Puts the name on the disk too (rename(2), fsync(2)): a power failure must not lose a key that
    /// something is sealed for already.</summary>
    private static void SyncFolder(string folder)
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
