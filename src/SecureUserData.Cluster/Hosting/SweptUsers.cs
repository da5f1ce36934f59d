using System.Collections.Concurrent;

namespace SecureUserData.Cluster.Hosting;

/// <summary>Whom the sweeps of this silo are calling. Whoever of them is not in memory yet is activated here
/// (<see cref="KnownPlaces"/>): a sweep's parts are spread over the silos, and unload again whom nobody else
/// wants.</summary>
internal sealed class SweptUsers
{
    private readonly ConcurrentDictionary<GrainId, int> _calls = new();

    internal bool Contains(GrainId grain) => _calls.ContainsKey(grain);

    /// <summary>Makes a call for a sweep.</summary>
    internal async Task<T> CallAsync<T>(GrainId grain, Func<Task<T>> call)
    {
        _calls.AddOrUpdate(grain, 1, static (_, calls) => calls + 1);
        try
        {
            return await call();
        }
        finally
        {
            if (_calls.AddOrUpdate(grain, 0, static (_, calls) => calls - 1) == 0)
                _calls.TryRemove(KeyValuePair.Create(grain, 0));
        }
    }
}
