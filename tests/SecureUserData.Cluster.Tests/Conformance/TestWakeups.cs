using System.Collections.Concurrent;
using SecureUserData.Cluster.Grains;
using SecureUserData.Entities;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Tests.Conformance;

/// <summary>Wakes entities on the tests' clock: reminders run on the real one. It outlives the silos.</summary>
internal sealed class TestWakeups : IWakeups, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _wakeups = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly SemaphoreSlim _running = new(1);
    private volatile IGrainFactory? _grains;
    private int _asked;

    internal TestWakeups(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(_ => _ = RunAsync(), null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
    }

    public Task SetAsync(string entity, DateTimeOffset? due)
    {
        if (due is { } at) _wakeups[entity] = at;
        else _wakeups.TryRemove(entity, out _);
        return Task.CompletedTask;
    }

    /// <summary>Wakes through the grains of a cluster that has started; null while there is none.</summary>
    internal async Task UseAsync(IGrainFactory? grains)
    {
        await _running.WaitAsync();
        _grains = grains;
        _running.Release();
    }

    /// <summary>Wakes whoever is due; once more when the clock went on meanwhile.</summary>
    private async Task RunAsync()
    {
        Interlocked.Increment(ref _asked);
        if (!await _running.WaitAsync(0)) return;
        try
        {
            for (var seen = 0; seen != Volatile.Read(ref _asked);)
            {
                seen = Volatile.Read(ref _asked);
                foreach (var (entity, due) in _wakeups.ToArray()) // what is set meanwhile waits for the next turn
                    if (_grains is { } grains && due <= _time.GetUtcNow()) await WakeAsync(grains, entity, due);
            }
        }
        finally
        {
            _running.Release();
        }
    }

    private async Task WakeAsync(IGrainFactory grains, string entity, DateTimeOffset due)
    {
        try
        {
            await grains.GetGrain<IWakeableGrain>(InternalGrain.GrainIdOf(EntityKind.ParseId(entity)!))
                .ReceiveReminder("wake/0", default);
            _wakeups.TryRemove(KeyValuePair.Create(entity, due));
        }
        catch (SecureUserDataException)
        {
            // it stays due, and the next turn tries again
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _running.WaitAsync();
    }
}
