using SecureUserData.Applications;
using SecureUserData.Cluster.Tests.Mongo;
using SecureUserData.Cryptography;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Tests.Conformance;

/// <summary>What the silos of a test share, and what outlives them.</summary>
internal abstract class TestStorage : IAsyncDisposable
{
    private InstallationKeys? _keys;

    /// <summary>On MongoDB where there is one, otherwise on the stores of the embedded engine.</summary>
    internal static TestStorage Create(TimeProvider time) =>
        MongoServer.IsThere ? new MongoTestStorage(time) : new SqliteTestStorage(time);

    internal abstract Task<Credential> SetUpAsync(MasterKeyRing masters);

    /// <summary>Opens the installation, before there are silos.</summary>
    internal async Task<InstallationKeys> OpenAsync(MasterKeyRing masters) =>
        _keys = await OpenStoresAsync(masters);

    /// <summary>The stores of one silo.</summary>
    internal abstract IStores Stores(InstallationKeys keys);

    /// <summary>Copies the data, and nothing of the erasure list, while it is closed.</summary>
    /// <returns>Puts the copy back.</returns>
    internal abstract Task<Func<Task>> BackUpAsync();

    /// <summary>Loses the erasure list, while it is closed.</summary>
    internal abstract Task LoseErasureListAsync();

    /// <summary>Closes what was open; the silos have ended.</summary>
    internal async Task CloseAsync()
    {
        await CloseStoresAsync();
        _keys?.Dispose();
        _keys = null;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await RemoveAsync();
    }

    private protected abstract Task<InstallationKeys> OpenStoresAsync(MasterKeyRing masters);

    private protected abstract Task CloseStoresAsync();

    private protected abstract Task RemoveAsync();
}
