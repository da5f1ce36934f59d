using Orleans.Concurrency;
using Orleans.Services;

namespace SecureUserData.Cluster.Silos;

/// <summary>What silos ask of each other, beside their grains. Every silo has one; only silos may call it.</summary>
public interface ISiloEndpoint : IGrainService
{
    /// <summary>Lets go of an application's unwrapped keys.</summary>
    Task ForgetKeysAsync(AppId app);

    /// <summary>Whether this silo has a master key in its ring.</summary>
    Task<bool> HasMasterKeyAsync(int version, string checkValue);

    /// <summary>Watches a topic for another silo: it is told once, when there is news.</summary>
    Task WatchAsync(string topic, SiloAddress watcher);

    /// <summary>There is news on a topic that this silo has asked another one to watch.</summary>
    [OneWay]
    Task TellAsync(string topic);
}
