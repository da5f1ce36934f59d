using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Driver;
using SecureUserData.Applications;
using SecureUserData.Cluster.Mongo;
using SecureUserData.Cluster.Tests.Mongo;
using SecureUserData.Cryptography;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Tests.Conformance;

/// <summary>MongoDB, in databases of their own; every silo has its own connections, and is a writer of the log.
/// </summary>
internal sealed class MongoTestStorage(TimeProvider time) : TestStorage
{
    private readonly MongoOptions _options = new(
        MongoServer.ConnectionString, $"sud_test_{RandomNumberGenerator.GetHexString(16, lowercase: true)}");

    private readonly List<MongoStore> _open = [];

    internal override async Task<Credential> SetUpAsync(MasterKeyRing masters)
    {
        await using var store = NewStore();
        await store.PrepareAsync();
        return await InstallationSetup.CreateAsync(store.Slot(new InstallationId().ToString()), masters, time);
    }

    internal override IStores Stores(InstallationKeys keys)
    {
        var store = NewStore();
        store.Start(keys);
        lock (_open) _open.Add(store);
        return store;
    }

    internal override async Task<Func<Task>> BackUpAsync()
    {
        var copy = await DatabaseCopy.MakeAsync(_options.Database);
        return copy.PutBackAsync;
    }

    internal override async Task LoseErasureListAsync()
    {
        using var client = new MongoClient(_options.ConnectionString);
        await client.DropDatabaseAsync(_options.ErasureDatabase);
    }

    private protected override async Task<InstallationKeys> OpenStoresAsync(MasterKeyRing masters)
    {
        await using var store = NewStore();
        return await InstallationSetup.OpenAsync(store.Slot, masters);
    }

    private protected override async Task CloseStoresAsync()
    {
        foreach (var store in _open) await store.DisposeAsync();
        _open.Clear();
    }

    private protected override async Task RemoveAsync()
    {
        using var client = new MongoClient(_options.ConnectionString);
        foreach (var database in (string[])[_options.Database, _options.ErasureDatabase])
            await client.DropDatabaseAsync(database);
    }

    /// <summary>On the machine's clock: a claim of a unique key is settled after minutes, and the tests' clock jumps
    /// over them while the claim's holder is being stored.</summary>
    private MongoStore NewStore() => new(_options, TimeProvider.System, NullLoggerFactory.Instance);
}
