using SecureUserData.Applications;
using SecureUserData.Backups;
using SecureUserData.Cluster.Hosting;
using SecureUserData.Cryptography;
using SecureUserData.Entities;
using SecureUserData.Erasures;
using SecureUserData.Ports;

namespace SecureUserData.Cluster;

/// <summary>The data of a cluster as it is stored, for what is seen to before a silo serves it. Its keys are its own: a
/// silo that has not joined yet is not told to let go of one.</summary>
internal sealed class StoredCluster : IDisposable
{
    private readonly DomainServices _services;
    private readonly StoredApplications _applications;

    internal StoredCluster(IMasterKeyRing masters, InstallationKeys keys, IStores stores, TimeProvider time)
    {
        _services = new DomainServices(masters, keys, new SiloPorts(stores, new NoWakeups()), time);
        _applications = new StoredApplications(_services);
    }

    /// <summary>Adds to the erasure list what the data knows and the list does not.</summary>
    internal Task ListErasuresAsync(CancellationToken cancellation = default) =>
        new UnlistedErasures(_services, _applications).ListAsync(cancellation);

    /// <summary>Who was erased and is there again.</summary>
    internal Task<ReturnedUsers> FindReturnedAsync(CancellationToken cancellation = default) =>
        ReturnedUsers.FindAsync(_services, _applications, cancellation);

    /// <summary>How many of them can be read. An erasure that is under way, or was interrupted, has left none of its
    /// user: a silo finishes it.</summary>
    internal async Task<int> CountReadableAsync(ReturnedUsers returned) =>
        (await new StoredErasures(_services, _applications).ReadableAsync(returned.Users.Keys)).Count;

    public void Dispose() => _services.Dispose();

    private sealed class NoWakeups : IWakeups
    {
        public Task SetAsync(string entity, DateTimeOffset? due) =>
            throw new InvalidOperationException("Here nothing but reading is done.");
    }
}
