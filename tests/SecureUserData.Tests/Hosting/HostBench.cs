using SecureUserData.Conformance;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using SecureUserData.Access;
using SecureUserData.AccessLog;
using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;
using SecureUserData.Embedded.Hosting;
using SecureUserData.Embedded.Sqlite;
using SecureUserData.Entities;
using SecureUserData.Ports;
using SecureUserData.Tests.Integrity;
using SecureUserData.Users;

namespace SecureUserData.Tests.Hosting;

/// <summary>An entity host over a real store whose ports can be made to fail, with one application.</summary>
internal sealed class HostBench : IAsyncDisposable
{
    private readonly DataFolder _folder;
    private readonly SqliteStore _store;
    private readonly InstallationKeys _keys;
    private readonly DomainServices _services;

    private HostBench(
        DataFolder folder, SqliteStore store, InstallationKeys keys, IMasterKeyRing masters, EmbeddedOptions options)
    {
        _folder = folder;
        _store = store;
        _keys = keys;
        Ports = new FailingPorts(store);
        _services = new DomainServices(masters, keys, Ports, options.Time);
        Clock = (FakeClock)options.Time;
        Host = new EntityHost(_services, options);
        Outside = new OutsideContext(Host);
    }

    internal FakeClock Clock { get; }

    internal FailingPorts Ports { get; }

    internal EntityHost Host { get; }

    internal OutsideContext Outside { get; }

    internal Credential Operator { get; private set; } = null!;

    internal ISession Shop { get; private set; } = null!;

    internal AppId ShopId { get; private set; }

    internal static async Task<HostBench> CreateAsync(EmbeddedOptions? options = null)
    {
        options = (options ?? new EmbeddedOptions()) with { Time = new FakeClock() };
        var folder = new DataFolder();
        var masters = MasterKeyRing.Parse(DataFolder.Masters);
        Credential credential;
        using (var setup = new SqliteStore(folder.Database, create: true))
        {
            setup.StartForSetup();
            credential = await InstallationSetup.CreateAsync(setup.Slot("installation"), masters, options.Time);
        }
        var store = new SqliteStore(folder.Database, create: false);
        var keys = await InstallationSetup.OpenAsync(store.Slot, masters);
        store.Start(keys);
        var bench = new HostBench(folder, store, keys, masters, options) { Operator = credential };
        var operators = await bench.SignInAsync(credential);
        var application = await operators.RegisterApplicationAsync(
            new ApplicationSettings("shop") { UniqueFields = ["email"] });
        bench.ShopId = application.Id;
        bench.Shop = await bench.SignInAsync(application.Credential);
        return bench;
    }

    internal async Task<ISession> SignInAsync(Credential credential) =>
        new Session(Host, Outside, credential, await Authentication.AuthenticateAsync(Outside, credential));

    internal async Task<(UserId Id, IUser User, Credential Credential)> UserAsync()
    {
        var created = await Shop.CreateUserAsync(new Dictionary<string, string> { ["name"] = "ada" });
        var credential = await Outside.Internal<IUserInternals>(created.Id).ClaimAsync(created.ClaimCode);
        return (created.Id, (await SignInAsync(credential)).Get(created.Id), credential);
    }

    /// <summary>The activation of an entity, taken on its own turn.</summary>
    internal async Task<IActivation> ActivationAsync(IEntityId id)
    {
        IActivation? entity = null;
        var look = new EngineInvocation(activation =>
        {
            entity = activation;
            return Task.CompletedTask;
        });
        Host.Send(id, look, inside: false);
        await look.Task;
        return entity!;
    }

    /// <summary>Calls an entity as a wake-up does.</summary>
    internal Task WakeAsync(IEntityId id)
    {
        var wake = new EngineInvocation(activation => activation.WakeAsync());
        Host.Send(id, wake, inside: false);
        return wake.Task;
    }

    /// <summary>The entities that are to be woken now.</summary>
    internal IEnumerable<string> Due() => _store.Wakeups.Due(Clock.GetUtcNow(), 1_000).Select(wakeup => wakeup.Entity);

    /// <summary>Verifies the whole access log.</summary>
    internal Task VerifyLogAsync() =>
        new LogVerification(_services, Outside).RunAsync(null, TestContext.Current.CancellationToken);

    internal SqliteWakeups Wakeups => _store.Wakeups;

    /// <summary>The buffer of the plain key of an active user.</summary>
    internal async Task<byte[]> KeyBufferAsync(UserId id) => KeysOf((User)await ActivationAsync(id))!.Current.Buffer;

    /// <summary>The uses of a user's key that its stored state has reserved.</summary>
    internal async Task<long> ReservedUsesAsync(UserId id) => (await StateAsync(id)).State.KeyUses;

    /// <summary>The version of a user's key.</summary>
    internal async Task<int> KeyVersionAsync(UserId id) => (await StateAsync(id)).State.KeyVersion;

    /// <summary>Lets a user who is not active have used the key so often.</summary>
    internal async Task ReserveUsesAsync(UserId id, long uses)
    {
        var slot = _store.Slot(id.ToString());
        var stored = (await slot.LoadAsync())!;
        var (state, seal) = await StateAsync(id);
        var plaintext = JsonSerializer.SerializeToUtf8Bytes(state with { KeyUses = uses }, StateJson.Default.UserState);
        await slot.SaveAsync(seal.Seal(id.ToString(), stored.Version + 1, stored.Tags, plaintext));
    }

    private async Task<(UserState State, StateSeal Seal)> StateAsync(UserId id)
    {
        var stored = await _store.Slot(id.ToString()).LoadAsync();
        using var lease = await _services.Keyring.RentAsync(ShopId, Outside);
        var seal = StateSeal.Of(lease.Keys);
        var plaintext = seal.Open(id.ToString(), stored!);
        return (JsonSerializer.Deserialize(plaintext, StateJson.Default.UserState)!, seal);
    }

    /// <summary>Waits, without sleeping, for what happens on other threads.</summary>
    internal static async Task UntilAsync(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"it never happened: {what}");
            await Task.Yield();
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_keys")]
    private static extern ref VersionedKeys? KeysOf(User user);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _services.Dispose();
        _store.Dispose();
        _keys.Dispose();
        _folder.Dispose();
    }
}

/// <summary>Ports that fail once when told to: before the write, or after it, when nobody knows any more.</summary>
internal sealed class FailingPorts(IPorts ports) : IPorts
{
    private int _failures;

    internal enum Failure
    {
        None,
        LoadingState,
        BeforeSavingState,
        AfterSavingState,
        BeforeAppending,
        AfterAppending,
        BeforeDeleting,
        BeforeExpiring,
        WhileExpiring,
    }

    internal Failure Next { get; set; }

    /// <summary>How often it does not fail before it does.</summary>
    internal int Skip { get; set; }

    internal int Failures => _failures;

    public IStateIndex States => ports.States;

    public IUniqueKeys UniqueKeys => ports.UniqueKeys;

    public IRecordStore Records => new FailingRecords(this, ports.Records);

    public IAccessLog Log => new FailingLog(this, ports.Log);

    public IWakeups Wakeups => ports.Wakeups;

    public Task PurgeAsync() => ports.PurgeAsync();

    public IStateSlot Slot(string entity) => new FailingSlot(this, ports.Slot(entity));

    private void FailIf(Failure failure)
    {
        if (Next != failure || Skip-- > 0) return;
        Next = Failure.None;
        Interlocked.Increment(ref _failures);
        throw SecureUserDataException.Unavailable("The disk has failed.");
    }

    private sealed class FailingSlot(FailingPorts owner, IStateSlot slot) : IStateSlot
    {
        public ValueTask<StoredState?> LoadAsync()
        {
            owner.FailIf(Failure.LoadingState);
            return slot.LoadAsync();
        }

        public async Task SaveAsync(StoredState state, LogRow? announcement = null)
        {
            if (announcement is not null) await owner.Log.AppendAsync(announcement); // as a store that cannot do both
            owner.FailIf(Failure.BeforeSavingState);
            await slot.SaveAsync(state);
            owner.FailIf(Failure.AfterSavingState);
        }
    }

    private sealed class FailingRecords(FailingPorts owner, IRecordStore records) : IRecordStore
    {
        public Task PutAsync(RecordKey key, byte[] envelope) => records.PutAsync(key, envelope);

        public Task<IReadOnlyList<RecordId>> AddAsync(
            UserId user, string collection, IReadOnlyList<StoredRecord> added) =>
            records.AddAsync(user, collection, added);

        public ValueTask<byte[]?> GetAsync(RecordKey key) => records.GetAsync(key);

        public ValueTask<IReadOnlySet<RecordId>> FindAsync(
            UserId user, string collection, IReadOnlyList<RecordId> ids) => records.FindAsync(user, collection, ids);

        public Task<bool> DeleteAsync(RecordKey key) => records.DeleteAsync(key);

        public Task DeleteManyAsync(UserId user, string collection, IReadOnlyList<RecordId> ids)
        {
            owner.FailIf(Failure.BeforeDeleting);
            return records.DeleteManyAsync(user, collection, ids);
        }

        public ValueTask<long> CountAsync(UserId user) => records.CountAsync(user);

        public Task<int> DeleteAllAsync(UserId user, int limit) => records.DeleteAllAsync(user, limit);

        public ValueTask<IReadOnlyList<StoredRecord>> ListAsync(
            UserId user, string collection, RecordId? after, int limit, int bytes) =>
            records.ListAsync(user, collection, after, limit, bytes);

        public ValueTask<StaleRecords> ListStaleAsync(
            UserId user, int keyVersion, RecordKey? after, int looks, int limit, int bytes) =>
            records.ListStaleAsync(user, keyVersion, after, looks, limit, bytes);

        public Task ReplaceAsync(IReadOnlyList<RecordReplacement> replacements) => records.ReplaceAsync(replacements);

        public ValueTask<IReadOnlyList<string>> CollectionsAsync(UserId user) => records.CollectionsAsync(user);
    }

    private sealed class FailingLog(FailingPorts owner, IAccessLog log) : IAccessLog
    {
        public async Task AppendAsync(LogRow row)
        {
            owner.FailIf(Failure.BeforeAppending);
            await log.AppendAsync(row);
            owner.FailIf(Failure.AfterAppending);
        }

        public async Task ExpireAsync(string chain, IReadOnlyList<long> sequences, byte[] body)
        {
            owner.FailIf(Failure.BeforeExpiring);
            await log.ExpireAsync(chain, [.. sequences.Take(1)], body); // as a store that cannot do all at once
            owner.FailIf(Failure.WhileExpiring);
            await log.ExpireAsync(chain, sequences, body);
        }

        public ValueTask<IReadOnlyList<LogRow>> TailAsync(string chain, int count) => log.TailAsync(chain, count);

        public ValueTask<IReadOnlyList<LogRow>> ReadAsync(string chain, long from, int limit) =>
            log.ReadAsync(chain, from, limit);

        public ValueTask<IReadOnlyList<LogScanRow>> ScanAsync(long after, int limit) => log.ScanAsync(after, limit);

        public ValueTask<IReadOnlyList<LogBatch>> BatchesAsync(long after, int limit) => log.BatchesAsync(after, limit);
        public ValueTask<LogBatch?> NewestBatchAsync() => log.NewestBatchAsync();
        public Task CheckAsync(CancellationToken cancellation) => log.CheckAsync(cancellation);
    }
}
