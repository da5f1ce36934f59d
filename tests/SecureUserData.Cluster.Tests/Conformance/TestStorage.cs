using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Embedded.Sqlite;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Tests.Conformance;

/// <summary>What the silos of a test share, and what outlives them: the stores of the embedded engine, in a folder of
/// their own.</summary>
internal sealed class TestStorage : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sud-cluster-").FullName;
    private SqliteStore? _store;
    private InstallationKeys? _keys;

    internal static TestStorage Create() => new();

    internal SqliteStore Store => _store!;

    private string DatabasePath => Path.Combine(_folder, "sud.db");

    internal async Task<Credential> SetUpAsync(MasterKeyRing masters, TimeProvider time)
    {
        using var store = new SqliteStore(DatabasePath, create: true);
        store.StartForSetup();
        return await InstallationSetup.CreateAsync(store.Slot(new InstallationId().ToString()), masters, time);
    }

    internal async Task<InstallationKeys> OpenAsync(MasterKeyRing masters)
    {
        _store = new SqliteStore(DatabasePath, create: false);
        _keys = await InstallationSetup.OpenAsync(_store.Slot, masters);
        _store.Start(_keys);
        return _keys;
    }

    internal IPorts Ports(IServiceProvider silo) => Store;

    internal void Close()
    {
        _store?.Dispose();
        _keys?.Dispose();
        _store = null;
        _keys = null;
    }

    public ValueTask DisposeAsync()
    {
        Close();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
