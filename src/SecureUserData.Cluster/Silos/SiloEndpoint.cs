using Microsoft.Extensions.Logging;
using SecureUserData.Entities;

namespace SecureUserData.Cluster.Silos;

/// <summary>This silo's end.</summary>
internal sealed class SiloEndpoint(
    GrainId id,
    Silo silo,
    ILoggerFactory logging,
    DomainServices services,
    ClusterNews news) : GrainService(id, silo, logging), ISiloEndpoint
{
    public Task ForgetKeysAsync(AppId app)
    {
        services.ForgetKeys(app);
        return Task.CompletedTask;
    }

    public Task<bool> HasMasterKeyAsync(int version, string checkValue) =>
        Task.FromResult(services.HasMasterKey(version, checkValue));

    public Task WatchAsync(string topic, SiloAddress watcher) => news.WatchForAsync(topic, watcher);

    public Task TellAsync(string topic)
    {
        news.Told(topic);
        return Task.CompletedTask;
    }
}
