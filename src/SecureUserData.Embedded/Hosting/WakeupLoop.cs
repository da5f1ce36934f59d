using SecureUserData.Embedded.Sqlite;
using SecureUserData.Entities;

namespace SecureUserData.Embedded.Hosting;

/// <summary>Calls entities whose time has come.</summary>
internal sealed class WakeupLoop : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private const int AtOnce = 1_000;

    private readonly EntityHost _host;
    private readonly SqliteWakeups _wakeups;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly SemaphoreSlim _running = new(1);

    internal WakeupLoop(EntityHost host, SqliteWakeups wakeups, TimeProvider time)
    {
        _host = host;
        _wakeups = wakeups;
        _time = time;
        _timer = time.CreateTimer(_ => _ = RunAsync(), null, Period, Period);
    }

    /// <summary>Calls everything that is due. What fails stays on the list and is called again the next time.</summary>
    internal async Task RunAsync()
    {
        if (!await _running.WaitAsync(0)) return;
        try
        {
            foreach (var (entity, due) in _wakeups.Due(_time.GetUtcNow(), AtOnce)) await WakeAsync(entity, due);
        }
        catch (SecureUserDataException)
        {
            // the store is closed or cannot be read: the next turn tries again
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
            if (EntityKind.ParseId(entity) is not { } id) return;
            var wake = new EngineInvocation(activation => activation.WakeAsync());
            _host.Send(id, wake, inside: false);
            await wake.Task;
            await _wakeups.DoneAsync(entity, due);
        }
        catch (SecureUserDataException)
        {
            // stays on the list
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _running.WaitAsync();
    }
}
