using Orleans.Runtime.Services;

namespace SecureUserData.Cluster.Silos;

/// <summary>The ways to the silos of the cluster.</summary>
internal sealed class SiloEndpoints(
    IServiceProvider services, IClusterMembershipService membership, ILocalSiloDetails local)
    : GrainServiceClient<ISiloEndpoint>(services)
{
    internal SiloAddress Own => local.SiloAddress;

    internal ISiloEndpoint Get(SiloAddress silo) => GetGrainService(silo);

    /// <summary>All silos that may run entities now. One that is only joining has nothing in memory yet.</summary>
    internal IReadOnlyList<SiloAddress> Silos() =>
    [
        .. membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping)
            .Select(member => member.SiloAddress),
    ];

    /// <summary>The same, after looking who has come.</summary>
    internal async Task<IReadOnlyList<SiloAddress>> RefreshedAsync()
    {
        await membership.Refresh();
        return Silos();
    }
}
