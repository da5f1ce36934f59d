using SecureUserData.Following;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Silos;

/// <summary>News in all silos. Whoever watches a topic has every other silo watch it too, for this one piece of news:
/// where nobody watches nothing is sent, and who appends does not wait for anybody.</summary>
/// <param name="endpoints">The silos.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterNews(SiloEndpoints endpoints, TimeProvider time) : INews
{
    /// <summary>A silo watches for another one for this long, which is longer than any follower waits.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>A silo that does not answer is not waited for: who follows looks again when his waiting ends.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ProcessNews _own = new(time);

    public void Tell(string chain, string? app) => _own.Tell(chain, app);

    public async ValueTask<INewsWatch> WatchAsync(string topic)
    {
        var watch = await _own.WatchAsync(topic);
        var asked = endpoints.Silos().Where(silo => !silo.Equals(endpoints.Own))
            .Select(silo => endpoints.Get(silo).WatchAsync(topic, endpoints.Own));
        try
        {
            await Task.WhenAll(asked).WaitAsync(Patience);
        }
        catch (Exception)
        {
            // as above
        }
        return watch;
    }

    public void EndWaiting() => _own.EndWaiting();

    /// <summary>Watches for another silo, as long as it takes or <see cref="Longest"/>.</summary>
    internal async Task WatchForAsync(string topic, SiloAddress watcher)
    {
        var watch = await _own.WatchAsync(topic);
        _ = TellAsync(watch, topic, watcher);
    }

    /// <summary>Another silo has news; it has told each silo that asked.</summary>
    internal void Told(string topic) => _own.Tell(topic, null);

    private async Task TellAsync(INewsWatch watch, string topic, SiloAddress watcher)
    {
        using (watch)
            if (await watch.WaitAsync(Longest)) await endpoints.Get(watcher).TellAsync(topic);
    }
}
