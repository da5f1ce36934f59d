using SecureUserData.Cluster.Mongo;
using SecureUserData.Cryptography;

namespace SecureUserData.Silo.Health;

/// <summary>Whether a silo can serve: it is active in its cluster, the store answers, and the keys open what is
/// there.</summary>
internal sealed class Readiness(ISiloStatusOracle silo, MongoStore store, IMasterKeyRing masters)
{
    private static readonly TimeSpan StoreAnswersWithin = TimeSpan.FromSeconds(2);
    private static readonly string Installation = new InstallationId().ToString();

    /// <returns>Null when it can.</returns>
    internal async Task<string?> WhyNotAsync()
    {
        if (silo.CurrentStatus != SiloStatus.Active) return "the silo is not active in the cluster";
        try
        {
            var stored = await store.Slot(Installation).LoadAsync().AsTask().WaitAsync(StoreAnswersWithin);
            if (stored is null) return "the installation is not in the database";
            var version = Envelope.KeyVersion(stored.Body);
            // As when the master key is rotated and this silo was started before.
            return masters.Versions.Contains(version)
                ? null
                : $"the master key ring lacks version {version}";
        }
        catch (Exception e) when (e is TimeoutException or SecureUserDataException)
        {
            return "the store does not answer";
        }
    }
}
