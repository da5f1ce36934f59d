namespace SecureUserData.Embedded.Anchors;

/// <summary>Writes anchors while the engine is open.</summary>
internal sealed class AnchorLoop : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>To write an anchor is to go over the whole log: what fails is not tried again at once.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromHours(1);

    private readonly Func<CancellationToken, Task> _write;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly SemaphoreSlim _running = new(1);
    private readonly CancellationTokenSource _closing = new();
    private DateTimeOffset _notBefore;
    private volatile string? _failure;

    /// <param name="write">Writes an anchor if one is due.</param>
    /// <param name="time">The clock.</param>
    internal AnchorLoop(Func<CancellationToken, Task> write, TimeProvider time)
    {
        _write = write;
        _time = time;
        _timer = time.CreateTimer(_ => _ = RunAsync(), null, Period, Period);
    }

    /// <summary>Why the last attempt failed; null when it did not.</summary>
    internal string? Failure => _failure;

    internal async Task RunAsync()
    {
        if (!await _running.WaitAsync(0)) return;
        try
        {
            if (_time.GetUtcNow() < _notBefore) return;
            await Task.Yield(); // off the timer's thread
            await _write(_closing.Token);
            _failure = null;
        }
        catch (SecureUserDataException e)
        {
            _failure = e.Message;
            _notBefore = _time.GetUtcNow() + RetryAfter;
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // the engine is being closed: the next opening writes it
        }
        finally
        {
            _running.Release();
        }
    }

    /// <summary>Ends what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _timer.DisposeAsync();
        await _running.WaitAsync();
        _closing.Dispose();
    }
}
