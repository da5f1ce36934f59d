using SecureUserData.Following;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Silos;

/// <summary>News in all silos. Whoever watches a topic has every other silo watch it too, for this one piece of news:
/// where nobody watches nothing is sent, and who appends does not wait for anybody.</summary>
/// <param name="own">This silo.</param>
/// <param name="silos">All silos, with this one.</param>
/// <param name="endpoint">The way to a silo.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterNews(
    SiloAddress own, Func<IEnumerable<SiloAddress>> silos, Func<SiloAddress, ISiloEndpoint> endpoint, TimeProvider time)
    : INews
{
    /// <summary>A silo watches for another one for this long, which is longer than any follower waits.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Whoever asks again within this time is told with who has asked already: what is left of
    /// <see cref="Longest"/> is long enough still.</summary>
    private static readonly TimeSpan Shared = Longest - TimeSpan.FromSeconds(Limits.FollowSeconds);

    /// <summary>A silo that does not answer is not waited for: who follows looks again when his waiting ends.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ProcessNews _own = new(time);
    private readonly ProcessNews _others = new(time); // apart: what one silo tells is not told back, or on and on
    private readonly Dictionary<(string Topic, SiloAddress Watcher), long> _asked = []; // when last
    private int _watches;

    /// <summary>Topics that are watched for other silos, which have not been told.</summary>
    internal int WatchedForOthers => _others.Watched;

    /// <summary>Watches for other silos that have not ended.</summary>
    internal int Watches => Volatile.Read(ref _watches);

    internal static ClusterNews Create(SiloEndpoints endpoints, TimeProvider time) =>
        new(endpoints.Own, endpoints.Silos, endpoints.Get, time);

    public void Tell(string chain, string? app)
    {
        _own.Tell(chain, app);
        _others.Tell(chain, app);
    }

    public async ValueTask<INewsWatch> WatchAsync(string topic)
    {
        var watch = await _own.WatchAsync(topic);
        var asked = silos().Where(silo => !silo.Equals(own)).Select(silo => endpoint(silo).WatchAsync(topic, own));
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

    public void EndWaiting()
    {
        _own.EndWaiting();
        _others.EndWaiting();
    }

    /// <summary>Watches for another silo, as long as it takes or <see cref="Longest"/>. Who asks again soon shares the
    /// watch that there is: a quiet silo would gather one for each ask, and answer all of them at once.</summary>
    internal async Task WatchForAsync(string topic, SiloAddress watcher)
    {
        var now = time.GetTimestamp();
        ValueTask<INewsWatch> watching;
        lock (_asked)
        {
            if (_asked.TryGetValue((topic, watcher), out var last) && time.GetElapsedTime(last, now) < Shared) return;
            _asked[(topic, watcher)] = now;
            watching = _others.WatchAsync(topic); // here: whoever is told with this one is watched for from now on
        }
        _ = TellAsync(await watching, topic, watcher, now);
    }

    /// <summary>Another silo has news; it has told each silo that asked.</summary>
    internal void Told(string topic) => _own.Tell(topic, null);

    private async Task TellAsync(INewsWatch watch, string topic, SiloAddress watcher, long asked)
    {
        Interlocked.Increment(ref _watches);
        bool isTold;
        using (watch) isTold = await watch.WaitAsync(Longest);
        Interlocked.Decrement(ref _watches);
        lock (_asked) // first: who asks from now on has a watch of its own, and all who have asked are told
            if (_asked.TryGetValue((topic, watcher), out var last) && last == asked) _asked.Remove((topic, watcher));
        if (isTold) await endpoint(watcher).TellAsync(topic);
    }
}
