using SecureUserData.Conformance;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using SecureUserData.Access;
using SecureUserData.AccessLog;
using SecureUserData.Applications;
using SecureUserData.Backups;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;
using SecureUserData.Embedded.Hosting;
using SecureUserData.Embedded.Sqlite;
using SecureUserData.Entities;
using SecureUserData.Ports;
using SecureUserData.Users;

namespace SecureUserData.Tests.Hosting;

/// <summary>An entity host over a real store whose ports can be made to fail, with one application.</summary>
internal sealed class HostBench : IAsyncDisposable
{
    private readonly OpenStore _opened;
    private readonly DomainServices _services;

    private HostBench(OpenStore opened, EmbeddedOptions options, IAccessLog? log)
    {
        _opened = opened;
        Ports = new FailingPorts(opened.Store, log);
        _services = new DomainServices(opened.Masters, opened.Keys, Ports, options.Time, Processes);
        Processes.Services = _services;
        Clock = (FakeClock)options.Time;
        Host = new EntityHost(_services, options);
        Outside = new OutsideContext(Host);
    }

    internal FakeClock Clock { get; }

    internal DomainServices Services => _services;

    internal FailingPorts Ports { get; }

    internal FakeProcesses Processes { get; } = new();

    internal EntityHost Host { get; }

    internal OutsideContext Outside { get; }

    internal Credential Operator => _opened.Operator;

    internal ISession Shop { get; private set; } = null!;

    internal AppId ShopId { get; private set; }

    internal static async Task<HostBench> CreateAsync(
        EmbeddedOptions? options = null, Func<InstallationKeys, IAccessLog>? log = null)
    {
        options = (options ?? new EmbeddedOptions()) with { Time = new FakeClock() };
        var opened = await OpenStore.CreateAsync(options.Time);
        var bench = new HostBench(opened, options, log?.Invoke(opened.Keys));
        var operators = await bench.SignInAsync(bench.Operator);
        var application = await operators.RegisterApplicationAsync(
            new ApplicationSettings("shop") { UniqueFields = ["email"] });
        bench.ShopId = application.Id;
        bench.Shop = await bench.SignInAsync(application.Credential);
        return bench;
    }

    internal async Task<ISession> SignInAsync(Credential credential)
    {
        return new Session(Host, await AuthenticateAsync(), AuthenticateAsync);

        Task<Caller> AuthenticateAsync() => Authentication.AuthenticateAsync(Outside, credential);
    }

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
    internal IEnumerable<string> Due() =>
        _opened.Store.Wakeups.Due(Clock.GetUtcNow(), 1_000).Select(wakeup => wakeup.Entity);

    /// <summary>Verifies the whole access log.</summary>
    internal Task<VerifiedHeads> VerifyLogAsync() =>
        new LogVerification(_services, Outside).RunAsync(null, TestContext.Current.CancellationToken);

    internal SqliteWakeups Wakeups => _opened.Store.Wakeups;

    /// <summary>The application's keys as they are stored.</summary>
    internal async Task<WrappedKeys> StoredKeysAsync() =>
        (await new StoredApplications(_services).StateAsync(ShopId)).Keys;

    /// <summary>What is stored of an entity, sealed.</summary>
    internal async Task<StoredState> StoredAsync(IEntityId id) =>
        (await _opened.Store.Slot(id.ToString()!).LoadAsync())!;

    /// <summary>The versions of the log key that the entries of a chain were made with, oldest first.</summary>
    internal async Task<IEnumerable<int>> LogVersionsAsync(IEntityId id) =>
        (await _opened.Store.Log.ReadAsync(id.ToString()!, 1, 1_000))
            .Select(row => LogEntry.Parse(row.Body, "the log").KeyVersion);

    /// <summary>The buffer of the plain key of an active user.</summary>
    internal async Task<byte[]> KeyBufferAsync(UserId id) => KeysOf((User)await ActivationAsync(id))!.Current.Buffer;

    /// <summary>The uses of a user's key that its stored state has reserved.</summary>
    internal async Task<long> ReservedUsesAsync(UserId id) => (await StateAsync(id)).State.KeyUses;

    /// <summary>The version of a user's key.</summary>
    internal async Task<int> KeyVersionAsync(UserId id) => (await StateAsync(id)).State.KeyVersion;

    /// <summary>Lets a user who is not active have used the key so often.</summary>
    internal async Task ReserveUsesAsync(UserId id, long uses)
    {
        var slot = _opened.Store.Slot(id.ToString());
        var stored = (await slot.LoadAsync())!;
        var (state, seal) = await StateAsync(id);
        var plaintext = JsonSerializer.SerializeToUtf8Bytes(state with { KeyUses = uses }, StateJson.Default.UserState);
        await slot.SaveAsync(seal.Seal(id.ToString(), stored.Version + 1, stored.Tags, plaintext));
    }

    private async Task<(UserState State, StateSeal Seal)> StateAsync(UserId id)
    {
        var stored = await _opened.Store.Slot(id.ToString()).LoadAsync();
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
        _opened.Dispose();
    }
}
