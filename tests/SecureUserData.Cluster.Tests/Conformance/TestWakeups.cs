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

    internal TestWakeups(TestStorage storage, IGrainFactory grains, TimeProvider time)
    {
        _storage = storage;
        _grains = grains;
        _time = time;
        _timer = time.CreateTimer(_ => _ = RunAsync(), null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
    }

    private async Task RunAsync()
    {
        if (!await _running.WaitAsync(0)) return;
        try
        {
            foreach (var (entity, due) in _storage.Store.Wakeups.Due(_time.GetUtcNow(), 1_000))
            {
                await _grains.GetGrain<IWakeableGrain>(InternalGrain.GrainIdOf(EntityKind.ParseId(entity)!))
                    .ReceiveReminder("wake/0", default);
                await _storage.Store.Wakeups.DoneAsync(entity, due);
            }
        }
        catch (Exception e) { Console.WriteLine(e); }
        finally
        {
            _running.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _running.WaitAsync();
    }
}
