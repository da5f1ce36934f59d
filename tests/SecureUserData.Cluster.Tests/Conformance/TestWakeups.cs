using SecureUserData.Cluster.Grains;
using SecureUserData.Entities;

namespace SecureUserData.Cluster.Tests.Conformance;

/// <summary>Wakes entities on the tests' clock: reminders run on the real one.</summary>
internal sealed class TestWakeups : IAsyncDisposable
{
    private readonly TestStorage _storage;
    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly SemaphoreSlim _running = new(1);
    private int _asked;

    internal TestWakeups(TestStorage storage, IGrainFactory grains, TimeProvider time)
    {
        _storage = storage;
        _grains = grains;
        _time = time;
        _timer = time.CreateTimer(_ => _ = RunAsync(), null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
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
                foreach (var (entity, due) in _storage.Store.Wakeups.Due(_time.GetUtcNow(), 1_000))
                    await WakeAsync(entity, due);
            }
        }
        finally
        {
            _running.Release();
        }
    }

    private async Task WakeAsync(string entity, long due)
    {
        try
        {
            await _grains.GetGrain<IWakeableGrain>(InternalGrain.GrainIdOf(EntityKind.ParseId(entity)!))
                .ReceiveReminder("wake/0", default);
            await _storage.Store.Wakeups.DoneAsync(entity, due);
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
