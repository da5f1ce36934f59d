using SecureUserData.Access;
using SecureUserData.AccessLog;
using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Embedded.Anchors;
using SecureUserData.Embedded.Backups;
using SecureUserData.Embedded.Erasures;
using SecureUserData.Embedded.Hosting;
using SecureUserData.Embedded.Sqlite;
using SecureUserData.Entities;
using SecureUserData.Erasures;
using SecureUserData.Users;
using SecureUserData.Vault;

namespace SecureUserData.Embedded;

/// <summary>SecureUserData in one process, on one data folder.</summary>
public sealed partial class EmbeddedEngine : ISecureUserData, IAsyncDisposable
{
    internal const string DatabaseName = "sud.db";

    private readonly FolderLock _lock;
    private readonly SqliteStore _store;
    private readonly InstallationKeys _keys;
    private readonly DomainServices _services;
    private readonly EntityHost _host;
    private readonly OutsideContext _outside;
    private readonly WakeupLoop _wakeups;
    private readonly AnchorLoop? _anchors;
    private readonly string _path;
    private int _closed;

    private EmbeddedEngine(
        FolderLock folder, SqliteStore store, InstallationKeys keys, IMasterKeyRing masters, EmbeddedOptions options)
    {
        _lock = folder;
        _path = Path.Combine(folder.Path, DatabaseName);
        _store = store;
        _keys = keys;
        _services = new DomainServices(masters, keys, store, options.Time);
        _host = new EntityHost(_services, options);
        _outside = new OutsideContext(_host);
        _wakeups = new WakeupLoop(_host, store.Wakeups, options.Time);
        if (options.Anchors is { } schedule)
            _anchors = new AnchorLoop(closing => WriteDueAnchorAsync(schedule, null, closing), options.Time);
    }

    /// <summary>Whether a folder holds an installation, or something in its place.</summary>
    public static bool Exists(string folder) =>
        new FileInfo(Path.Combine(folder, DatabaseName)) is var file && (Path.Exists(file.FullName) || IsLink(file));

    /// <summary>Sets up an installation in a folder and opens it.</summary>
    /// <param name="folder">The data folder; made, for its owner only, if it is not there.</param>
    /// <param name="masters">The master key ring. Without it nothing in the folder can be read, by anyone.</param>
    /// <param name="options">How it runs.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when there is an installation
    /// already; <see cref="ErrorCode.Unavailable"/> when the folder cannot be used.</exception>
    public static async Task<NewInstallation> CreateAsync(
        string folder, IMasterKeyRing masters, EmbeddedOptions? options = null)
    {
        options ??= new EmbeddedOptions();
        var locked = FolderLock.Take(folder, create: true);
        try
        {
            var path = Path.Combine(folder, DatabaseName);
            var credential = await SetUpAsync(path, masters, options.Time);
            try
            {
                return new NewInstallation(await OpenAsync(locked, masters, options), credential);
            }
            catch
            {
                // Nobody else will ever have the operator's credential: an installation without one is worth nothing.
                Remove(path);
                throw;
            }
        }
        catch
        {
            locked.Dispose();
            throw;
        }
    }

    /// <summary>Opens the installation in a folder.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="masters">Its master key ring.</param>
    /// <param name="options">How it runs.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.NotFound"/> when there is none;
    /// <see cref="ErrorCode.Unavailable"/> when the key is wrong (nothing is touched) or another process has the folder
    /// open.</exception>
    public static async Task<EmbeddedEngine> OpenAsync(
        string folder, IMasterKeyRing masters, EmbeddedOptions? options = null)
    {
        if (!Exists(folder))
            throw new SecureUserDataException(
                ErrorCode.NotFound,
                "There is no installation in this folder: set one up first, or name another folder.");
        var locked = FolderLock.Take(folder, create: false);
        try
        {
            return await OpenAsync(locked, masters, options ?? new EmbeddedOptions());
        }
        catch
        {
            locked.Dispose();
            throw;
        }
    }

    private static async Task<EmbeddedEngine> OpenAsync(
        FolderLock locked, IMasterKeyRing masters, EmbeddedOptions options)
    {
        SqliteStore? store = null;
        InstallationKeys? keys = null;
        EmbeddedEngine engine;
        try
        {
            var path = Path.Combine(locked.Path, DatabaseName);
            store = new SqliteStore(path, false, new ErasureLists(ErasureLists.Beside(path), options.ErasureList));
            keys = await InstallationSetup.OpenAsync(store.Slot, masters);
            store.Start(keys);
            await new NewestRows(store.Log, keys).CheckAsync();
            engine = new EmbeddedEngine(locked, store, keys, masters, options);
        }
        catch
        {
            store?.Dispose();
            keys?.Dispose();
            throw;
        }
        try
        {
            await new UnlistedErasures(engine._services, engine._outside).ListAsync();
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes the database file. It is set up under another name, so that a crash leaves no half installation
    /// behind; the new name is on the disk with the first commit after it, because SQLite syncs the folder then.
    /// </summary>
    private static async Task<Credential> SetUpAsync(string path, IMasterKeyRing masters, TimeProvider time)
    {
        if (Files(path).Any(Path.Exists) || IsLink(new FileInfo(path)))
            throw SecureUserDataException.Conflict(
                "There is an installation in this folder already, or a part of one: open it, or name another folder.");
        var unfinished = path + ".new";
        Remove(unfinished);
        Credential credential;
        using (var store = new SqliteStore(unfinished, create: true))
        {
            store.StartForSetup();
            credential = await InstallationSetup.CreateAsync(
                store.Slot(new InstallationId().ToString()), masters, time);
        }
        if (File.Exists(unfinished + "-wal")) // closing folds it in, and tells nobody when it cannot
            throw SecureUserDataException.Unavailable("The database cannot be written: check the disk and its room.");
        return DiskErrors.Translated(() =>
        {
            File.Move(unfinished, path);
            return credential;
        });
    }

    /// <summary>The database file and what SQLite puts beside it.</summary>
    internal static IEnumerable<string> Files(string path) => [path, path + "-wal", path + "-shm", path + "-journal"];

    internal static void Remove(string path) => DiskErrors.Translated(() =>
    {
        foreach (var file in Files(path)) File.Delete(file);
        return true;
    });

    private static bool IsLink(FileInfo file) => file.LinkTarget is not null;

    /// <inheritdoc/>
    public async Task<ISession> SignInAsync(Credential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return new Session(_host, await AuthenticateAsync(), AuthenticateAsync);

        Task<Caller> AuthenticateAsync() => Authentication.AuthenticateAsync(_outside, credential);
    }

    /// <inheritdoc/>
    public Task<byte[]> ChallengeAsync(VaultId vault, VaultUserId user, byte[] clientNonce) =>
        _outside.Internal<IVaultInternals>(vault).ChallengeAsync(user, clientNonce);

    /// <inheritdoc/>
    public async Task<ISession> SignInToVaultAsync(VaultSignIn answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var caller = await _outside.Internal<IVaultInternals>(answer.Vault).SignInAsync(answer);
        return new Session(_host, caller, () => throw Authentication.Over());
    }

    /// <summary>Enters a vault as one of its users, whom a program in this process names and nobody asks for a
    /// signature: the program has the storage and the keys above it anyway. The user's permissions hold all the same,
    /// what is handed out is on record as handed to the user, and what changes anything still needs the user's
    /// signature, without which no client believes it.</summary>
    /// <param name="vault">The vault.</param>
    /// <param name="user">The user; whoever is none may do nothing.</param>
    public ISession EnterVault(VaultId vault, VaultUserId user)
    {
        var caller = new Caller(CallerKind.VaultUser, $"{user}", vault.App);
        return new Session(_host, caller, () => Task.FromResult(caller));
    }

    /// <inheritdoc/>
    public Task<Credential> ClaimAsync(Credential claimCode)
    {
        ArgumentNullException.ThrowIfNull(claimCode);
        return _outside.Internal<IUserInternals>(Authentication.Claimed(claimCode)).ClaimAsync(claimCode);
    }

    /// <summary>Makes a backup while the engine goes on serving, and verifies it. All that was acknowledged before is
    /// in it; erasures that come meanwhile wait until it is copied.</summary>
    /// <param name="directory">The folder of the backup; made, for its owner only.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it; nothing is left behind.</param>
    /// <returns>What the backup says of itself.</returns>
    /// <exception cref="SecureUserDataException">As <see cref="Backup.CreateAsync"/>.</exception>
    public Task<BackupManifest> BackupAsync(
        string directory, IProgress<BackupProgress>? progress = null, CancellationToken cancellation = default) =>
        new BackupWriter(_path, directory, _services.Masters, _host.Time).RunAsync(
            _store.ReadForLongAsync, () => SqliteFile.OpenReader(_path), progress, cancellation);

    /// <summary>What there is, in numbers.</summary>
    public EngineStatus GetStatus()
    {
        var counts = StoredCounts.Of(_store.Readers);
        return new EngineStatus(
            counts.Applications,
            counts.Users,
            counts.Scripts,
            counts.Decisions,
            counts.Records,
            _store.LogCount,
            ActiveEntities: _host.Count,
            UnloadFailures: _host.UnloadFailures,
            DatabaseBytes: new FileInfo(_path).Length) { AnchorFailure = _anchors?.Failure };
    }

    /// <summary>Lets the calls under way end, zeroes all keys, and closes the folder. Doing it again does
    /// nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 1) return;
        if (_anchors is not null) await _anchors.DisposeAsync();
        await _wakeups.DisposeAsync();
        await _host.DisposeAsync();
        _services.Dispose();
        _store.Dispose();
        _keys.Dispose();
        _lock.Dispose();
    }
}

/// <summary>A new installation.</summary>
/// <param name="Engine">The engine, open.</param>
/// <param name="OperatorCredential">The first operator's credential, shown only here.</param>
public sealed record NewInstallation(EmbeddedEngine Engine, Credential OperatorCredential);

/// <summary>What an installation holds, in numbers.</summary>
/// <param name="Applications">Applications.</param>
/// <param name="Users">Users.</param>
/// <param name="Scripts">Scripts.</param>
/// <param name="Decisions">Consents on which something was decided.</param>
/// <param name="Records">Owned records.</param>
/// <param name="LogEntries">Entries of the access log.</param>
/// <param name="ActiveEntities">Entities in memory now.</param>
/// <param name="UnloadFailures">Unloads that failed since the engine was opened; their counts of refusals are
/// lost.</param>
/// <param name="DatabaseBytes">The size of the database file in bytes.</param>
public sealed record EngineStatus(
    long Applications,
    long Users,
    long Scripts,
    long Decisions,
    long Records,
    long LogEntries,
    int ActiveEntities,
    int UnloadFailures,
    long DatabaseBytes)
{
    /// <summary>Why the last anchor that was due was not written (<see cref="EmbeddedOptions.Anchors"/>); null when
    /// nothing went wrong. A log that does not hold is among the reasons.</summary>
    public string? AnchorFailure { get; init; }
}
