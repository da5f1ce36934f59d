using MongoDB.Driver;
using Orleans.Providers.MongoDB.Membership.Store.Single;

namespace SecureUserData.Cluster.Mongo;

/// <summary>The silos that the membership of a cluster knows.</summary>
/// <param name="client">The server.</param>
/// <param name="database">The database of membership and reminders.</param>
/// <param name="cluster">The cluster's name.</param>
internal sealed class KnownSilos(IMongoClient client, string database, string cluster)
{
    /// <summary>A silo that has not said for so long that it is alive was killed.</summary>
    internal static readonly TimeSpan DeadAfter = TimeSpan.FromMinutes(10);

    /// <summary>Whether one is running; null when nothing is known of the cluster.</summary>
    internal Task<bool?> IsAnyRunningAsync() => MongoErrors.RunAsync(async () =>
    {
        var membership = new SingleMembershipCollection(client, database, "", false, null);
        var members = (await membership.ReadAll(cluster)).Members;
        if (members.Count == 0) return (bool?)null;
        var since = (TimeProvider.System.GetUtcNow() - DeadAfter).UtcDateTime;
        return members.Any(member => member.Item1.Status != SiloStatus.Dead && member.Item1.IAmAliveTime > since);
    });
}
