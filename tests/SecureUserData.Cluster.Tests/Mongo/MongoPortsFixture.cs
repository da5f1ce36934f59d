using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Driver;
using SecureUserData.Applications;
using SecureUserData.Cluster.Hosting;
using SecureUserData.Cluster.Mongo;
using SecureUserData.Conformance;
using SecureUserData.Conformance.Ports;
using SecureUserData.Cryptography;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Tests.Mongo;

/// <summary>MongoDB behind the ports, in databases of their own.</summary>
public sealed class MongoPortsFixture : PortsFixture
{
    private readonly string _name = $"sud_test_{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
    private readonly MasterKeyRing _masters = MasterKeyRing.Parse(MasterKeyRing.Generate());
    private readonly FakeClock _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly List<MongoStore> _crashed = [];
    private InstallationKeys? _keys;
    private MongoStore? _store;

    public override IPorts Ports => new SiloPorts(Store, new NoWakeups());

    internal MongoOptions Options => new(MongoServer.ConnectionString, _name);

    private MongoStore Store =>
        _store ?? throw new InvalidOperationException($"There is no store at {MongoServer.ConnectionString}.");

    public override async ValueTask InitializeAsync()
    {
        if (!MongoServer.IsThere) return; // each test says why it is skipped
        await using (var setup = NewStore())
        {
            await setup.PrepareAsync();
            await InstallationSetup.CreateAsync(setup.Slot(new InstallationId().ToString()), _masters, _clock);
        }
        _store = await OpenAsync();
    }

    /// <summary>Leaves the store as it is, which nobody calls any more, and opens another. Meanwhile the claims of
    /// before become settled.</summary>
    public override async Task CrashAsync()
    {
        _crashed.Add(Store);
        _clock.Advance(MongoUniqueKeys.SettledAfter);
        _store = await OpenAsync();
    }

    public override Task<IReadOnlyList<string>> DueAsync(DateTimeOffset at) =>
        throw new NotSupportedException("The wake-ups of a cluster are not MongoDB's.");

    /// <summary>Another process on the same databases.</summary>
    internal async Task<MongoStore> OpenAsync()
    {
        var store = NewStore();
        await store.PrepareAsync();
        _keys ??= await InstallationSetup.OpenAsync(store.Slot, _masters);
        store.Start(_keys);
        return store;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_store is null) return;
        foreach (var store in (MongoStore[])[Store, .. _crashed]) await store.DisposeAsync();
        using var client = new MongoClient(Options.ConnectionString);
        foreach (var database in (string[])[Options.Database, Options.ErasureDatabase])
            await client.DropDatabaseAsync(database);
        _keys?.Dispose();
        _masters.Dispose();
    }

    private MongoStore NewStore() => new(Options, _clock, NullLoggerFactory.Instance);

    private sealed class NoWakeups : IWakeups
    {
        public Task SetAsync(string entity, DateTimeOffset? due) =>
            throw new NotSupportedException("Nothing here asks to be called.");
    }
}
