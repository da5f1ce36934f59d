using SecureUserData.Embedded.Sqlite;
using SecureUserData.Entities;

namespace SecureUserData.Embedded.Hosting;

/// <summary>Calls entities whose time has come.</summary>
internal sealed class WakeupLoop : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);
    private const int PerTurn = 1_000;
    private const int AtOnce = 16;

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

    /// <summary>Calls everything that is due, and looks again when the next is: who goes on in slices is called one
    /// slice after the other. What fails is put off for a minute, so that it does not stand in the way of the
    /// others.</summary>
    internal async Task RunAsync()
    {
        if (!await _running.WaitAsync(0)) return;
        try
        {
            await Parallel.ForEachAsync(
                _wakeups.Due(_time.GetUtcNow(), PerTurn),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
                async (wakeup, _) => await WakeAsync(wakeup.Entity, wakeup.Due));
            LookAgain();
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

    private void LookAgain()
    {
        if (_wakeups.Next() is not { } next) return;
        var wait = next - _time.GetUtcNow();
        if (wait < Period) _timer.Change(wait > Soonest ? wait : Soonest, Period);
    }

    private async Task WakeAsync(string entity, long due)
    {
        if (await TryWakeAsync(entity)) await _wakeups.DoneAsync(entity, due);
        else await _wakeups.PostponeAsync(entity, due, _time.GetUtcNow() + RetryAfter);
    }

    /// <summary>False when it failed, or when the id is of a kind that only another version of the program knows.
    /// </summary>
    private async Task<bool> TryWakeAsync(string entity)
    {
        try
        {
            if (EntityKind.ParseId(entity) is not { } id) return false;
            var wake = new EngineInvocation(activation => activation.WakeAsync());
            _host.Send(id, wake, inside: false);
            await wake.Task;
            return true;
        }
        catch (SecureUserDataException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _running.WaitAsync();
    }
}
