using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Embedded.Hosting;
using SecureUserData.Embedded.Sqlite;
using SecureUserData.Entities;
using SecureUserData.Erasures;
using SecureUserData.Ports;

namespace SecureUserData.Embedded.Backups;

/// <summary>An engine without sessions and wake-ups, for work on a database that nobody can sign in to.</summary>
internal sealed class OfflineEngine : IAsyncDisposable
{
    private readonly SqliteStore _store;
    private readonly InstallationKeys _keys;
    private readonly DomainServices _services;
    private readonly EntityHost _host;
    private readonly OutsideContext _outside;
    private readonly string _path;

    private OfflineEngine(
        string path, SqliteStore store, InstallationKeys keys, IMasterKeyRing masters, TimeProvider time)
    {
        _path = path;
        _store = store;
        _keys = keys;
        _services = new DomainServices(masters, keys, store, time);
        _host = new EntityHost(_services, new EmbeddedOptions { Time = time });
        _outside = new OutsideContext(_host);
    }

    /// <summary>Opens a database; its file may have been copied or left by a crash.</summary>
    internal static async Task<OfflineEngine> OpenAsync(
        string path, IErasureList erasures, IMasterKeyRing masters, TimeProvider time)
    {
        var store = new SqliteStore(path, create: false, erasures);
        InstallationKeys? keys = null;
        try
        {
            keys = await InstallationSetup.OpenAsync(store.Slot, masters);
            store.Start(keys);
            return new OfflineEngine(path, store, keys, masters, time);
        }
        catch
        {
            store.Dispose();
            keys?.Dispose();
            throw;
        }
    }

    internal InstallationKeys Keys => _keys;

    internal Task RecordRestoreAsync(params string[] names) =>
        _outside.Internal<IInstallationInternals>(new InstallationId()).RecordRestoreAsync(names);

    /// <summary>Erases everybody whose erasure is proved, and leaves nothing of them in the file.</summary>
    /// <returns>Who was erased; the others had been, or are not there.</returns>
    internal Task<IReadOnlyList<UserId>> EraseAsync(
        IReadOnlyDictionary<UserId, ErasureStatement> certified,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellation) => new RepeatedErasures(_services, _outside).RunAsync(
        certified,
        (done, total) => progress?.Report(new BackupProgress(BackupStep.Erasing, done, total)),
        cancellation);

    /// <summary>Closes the database; everything is in its file then.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/> when the write-ahead log could not
    /// be folded in.</exception>
    internal async Task CloseAsync()
    {
        await DisposeAsync();
        if (File.Exists(_path + "-wal")) // closing folds it in, and tells nobody when it cannot
            throw SecureUserDataException.Unavailable("The database cannot be written: check the disk and its room.");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _services.Dispose();
        _store.Dispose();
        _keys.Dispose();
    }
}
