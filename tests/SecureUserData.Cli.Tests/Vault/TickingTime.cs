using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Tests.Vault;

/// <summary>A clock on which progress is shown whenever somebody looks at it.</summary>
internal sealed class TickingTime(DateTimeOffset now) : TimeProvider
{
    private Action? _show;

    public override DateTimeOffset GetUtcNow()
    {
        _show?.Invoke();
        return now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (callback.Target is ProgressLine) _show = () => callback(state);
        return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
    }
}
