using System.Globalization;
using Microsoft.Data.Sqlite;
using SecureUserData.Cryptography;
using SecureUserData.Embedded.Erasures;

namespace SecureUserData.Embedded.Backups;

/// <summary>Makes a backup: under another name, until it is whole, on the disk and verified.</summary>
/// <param name="source">The database file.</param>
/// <param name="target">The folder of the backup, which is not there yet.</param>
/// <param name="masters">The master key ring, which verifies it.</param>
/// <param name="time">The clock.</param>
internal sealed class BackupWriter(string source, string target, IMasterKeyRing masters, TimeProvider time)
{
    private const long Slack = 1 << 20; // for the manifest

    private readonly string _target = Whole(target);
    private readonly BackupFolder _unfinished = new(Whole(target) + ".unfinished");

    /// <param name="copy">Runs what copies the database, which takes long.</param>
    /// <param name="open">Opens a connection to the database.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it; nothing is left behind.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when there is something in the
    /// place; <see cref="ErrorCode.Unavailable"/> when there is no room or it cannot be written;
    /// <see cref="ErrorCode.Tampered"/> with the place when what is backed up does not authenticate.</exception>
    internal async Task<BackupManifest> RunAsync(
        Func<Action, Task> copy,
        Func<SqliteConnection> open,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellation)
    {
        using var locked = Begin();
        try
        {
            var createdAt = time.GetUtcNow();
            await copy(() => Copy(open, progress, cancellation));
            var listed = CopyList();
            var manifest = await DescribeAsync(createdAt, listed, progress, cancellation);
            _unfinished.WriteManifest(manifest);
            Finish(locked);
            return manifest;
        }
        catch
        {
            if (Directory.Exists(_unfinished.Path)) Directory.Delete(_unfinished.Path, recursive: true);
            throw;
        }
    }

    /// <summary>Makes an empty folder; what a crash has left of an earlier attempt goes.</summary>
    private FolderLock Begin()
    {
        if (File.Exists(_target) || (Directory.Exists(_target) && Directory.EnumerateFileSystemEntries(_target).Any()))
            throw SecureUserDataException.Conflict(
                $"There is a backup in {_target} already, or something else: name another folder.");
        var locked = FolderLock.TryTake(_unfinished.Path, create: true) ?? throw SecureUserDataException.Conflict(
            $"Another process is making a backup in {_target}: wait for it, or name another folder.");
        return _unfinished.Translated(() =>
        {
            foreach (var file in Directory.GetFiles(_unfinished.Path))
                if (Path.GetFileName(file) != FolderLock.Name) File.Delete(file);
            return locked;
        });
    }

    private void Copy(
        Func<SqliteConnection> open,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellation)
    {
        using var database = new DatabaseCopy(open());
        DemandRoom(database.Bytes);
        database.Write(
            _unfinished.Database, new StepProgress(progress, BackupStep.Copying, database.Bytes), cancellation);
    }

    private void DemandRoom(long bytes)
    {
        var list = new FileInfo(ErasureLists.Beside(source));
        var needed = bytes + (list.Exists ? list.Length : 0) + Slack;
        var free = _unfinished.Translated(() => new DriveInfo(_unfinished.Path).AvailableFreeSpace);
        if (free < needed)
            throw SecureUserDataException.Unavailable(
                $"The backup needs {Number(needed)} bytes, and the disk of {_target} has {Number(free)} left: make "
                + "room, or name another folder.");

        static string Number(long bytes) => bytes.ToString("N0", CultureInfo.InvariantCulture);
    }

    /// <summary>The list after the copy: who was erased meanwhile is in it, and perhaps still in the copy.</summary>
    private long CopyList() => _unfinished.Translated(() =>
    {
        var lines = ErasureListFile.Lines(ErasureLists.Beside(source)).ToList();
        new ErasureListFile(_unfinished.Erasures).Add(lines);
        return ErasureListFile.Lines(_unfinished.Erasures).LongCount();
    });

    /// <summary>Opens what was written as an engine would, and verifies it.</summary>
    private async Task<BackupManifest> DescribeAsync(
        DateTimeOffset createdAt, long listed, IProgress<BackupProgress>? progress, CancellationToken cancellation)
    {
        var bytes = new FileInfo(_unfinished.Database).Length;
        var digest = _unfinished.Digest(new StepProgress(progress, BackupStep.Digesting, bytes), cancellation);
        return await BackupReader.DescribeAsync(_unfinished, masters, time, progress, cancellation) with
        {
            CreatedAt = createdAt,
            ErasuresListed = listed,
            DatabaseBytes = bytes,
            DatabaseSha256 = digest,
        };
    }

    private static string Whole(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    private void Finish(FolderLock locked)
    {
        locked.Dispose();
        _unfinished.Translated(() =>
        {
            File.Delete(Path.Combine(_unfinished.Path, FolderLock.Name));
            FolderSync.Run(_unfinished.Path);
            if (Directory.Exists(_target)) Directory.Delete(_target); // empty
            Directory.Move(_unfinished.Path, _target);
            FolderSync.Run(Path.GetDirectoryName(_target)!);
            return true;
        });
    }
}
