namespace SecureUserData.Cli.Tests;

/// <summary>A clock on which whoever waits does not wait: the time moves on by as much at once. What is done every so
/// often is not done.</summary>
internal sealed class HurryingTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private DateTimeOffset _now = start;

    /// <summary>Called with the time, before each waiting.</summary>
    internal Action<DateTimeOffset>? Waiting { get; set; }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer();
        if (period != Timeout.InfiniteTimeSpan || dueTime == Timeout.InfiniteTimeSpan) return timer;
        Waiting?.Invoke(GetUtcNow());
        lock (_gate) _now += dueTime;
        ThreadPool.QueueUserWorkItem(_ => callback(state));
        return timer;
    }

    private sealed class Timer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
