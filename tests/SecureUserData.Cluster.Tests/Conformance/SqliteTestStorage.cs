using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Embedded.Erasures;
using SecureUserData.Embedded.Sqlite;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Tests.Conformance;

/// <summary>The stores of the embedded engine, in a folder of their own; all silos use the same one.</summary>
internal sealed class SqliteTestStorage(TimeProvider time) : TestStorage
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sud-cluster-").FullName;
    private SqliteStore? _store;

    private string DatabasePath => Path.Combine(_folder, "sud.db");

    internal override async Task<Credential> SetUpAsync(MasterKeyRing masters)
    {
        using var store = new SqliteStore(DatabasePath, create: true);
        store.StartForSetup();
        return await InstallationSetup.CreateAsync(store.Slot(new InstallationId().ToString()), masters, time);
    }

    internal override IStores Stores(InstallationKeys keys) => _store!;

    internal override Task<Func<Task>> BackUpAsync()
    {
        var copy = File.ReadAllBytes(DatabasePath); // closed, so that there is no write-ahead log
        return Task.FromResult<Func<Task>>(() =>
            File.WriteAllBytesAsync(DatabasePath, copy, TestContext.Current.CancellationToken));
    }

    internal override Task LoseErasureListAsync()
    {
        File.Delete(ErasureLists.Beside(DatabasePath));
        return Task.CompletedTask;
    }

    private protected override async Task<InstallationKeys> OpenStoresAsync(MasterKeyRing masters)
    {
        _store = new SqliteStore(DatabasePath, create: false);
        var keys = await InstallationSetup.OpenAsync(_store.Slot, masters);
        _store.Start(keys);
        return keys;
    }

    private protected override Task CloseStoresAsync()
    {
        _store?.Dispose();
        _store = null;
        return Task.CompletedTask;
    }

    private protected override Task RemoveAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }
}
