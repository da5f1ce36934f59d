using System.Globalization;
using System.Security.Cryptography;

namespace SecureUserData.Embedded.Anchors;

/// <summary>A folder with the anchors of one installation. Their names hold their times, so that copies which lose the
/// files' own times are still in order.</summary>
internal sealed class AnchorFolder(string path)
{
    private const string Prefix = "sud-log-";
    private const string Suffix = ".anchor";
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>The time of the newest anchor; null when there is none. One from the future, of a clock that was wrong,
    /// does not count: it would keep others from being written.</summary>
    internal DateTimeOffset? Newest(DateTimeOffset until) => Translated(() => Directory.Exists(path)
        ? Directory.EnumerateFiles(path, $"{Prefix}*{Suffix}")
            .Select(file => Time(Path.GetFileName(file)))
            .Where(time => time <= until)
            .Max()
        : null);

    /// <summary>Begins a new anchor, for its owner only: it names every user's id. It has its name once it is whole,
    /// on the disk.</summary>
    internal Unfinished Begin() => Translated(() =>
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, owner | UnixFileMode.UserExecute);
        var name = Path.Combine(path, $".{Prefix}{RandomNumberGenerator.GetHexString(12)}.tmp");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = owner;
        return new Unfinished(path, name, new FileStream(name, options));
    });

    private static DateTimeOffset? Time(string name) => DateTimeOffset.TryParseExact(
        name.AsSpan()[Prefix.Length..^Suffix.Length],
        TimeFormat,
        CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal,
        out var time)
        ? time
        : null;

    private static T Translated<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    private static SecureUserDataException Failed(Exception e) => SecureUserDataException.Unavailable(
        "The anchor cannot be written: check its folder, the permissions and the disk.", e);

    /// <summary>An anchor that is being written.</summary>
    internal sealed class Unfinished(string folder, string name, FileStream stream) : IDisposable
    {
        /// <summary>Has its content written.</summary>
        internal async Task<T> WriteAsync<T>(Func<Stream, Task<T>> write)
        {
            try
            {
                return await write(stream);
            }
            catch (IOException e)
            {
                throw Failed(e);
            }
        }

        /// <summary>Puts the anchor in its place.</summary>
        /// <returns>Where it is.</returns>
        /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when there is one of this second.
        /// </exception>
        internal string Save(DateTimeOffset at) => Translated(() =>
        {
            var time = at.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
            var file = Path.Combine(folder, $"{Prefix}{time}{Suffix}");
            stream.Flush(flushToDisk: true);
            stream.Dispose();
            if (Path.Exists(file))
                throw SecureUserDataException.Conflict($"There is an anchor {Path.GetFileName(file)} already.");
            File.Move(name, file);
            FolderSync.Run(folder);
            return file;
        });

        public void Dispose()
        {
            stream.Dispose();
            Translated(() =>
            {
                File.Delete(name);
                return true;
            });
        }
    }
}
