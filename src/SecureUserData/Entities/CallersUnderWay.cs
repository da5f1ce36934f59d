namespace SecureUserData.Entities;

/// <summary>Counts the calls from outside that are under way, so that what goes over everybody lets them go first: the
/// sweep of a rotation would otherwise make every reader wait behind the users that it has under way.</summary>
internal sealed class CallersUnderWay
{
    /// <summary>As long as a sweep steps back at the most: it must come to its end in the busiest times, too.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(40);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(4);

    private int _count;

    /// <summary>Counts a call, unless it is one to a rotation, which is what steps back.</summary>
    internal CallersUnderWay? Enter(Rank rank)
    {
        if (rank <= Rank.Sweep) return null;
        Interlocked.Increment(ref _count);
        return this;
    }

    internal void Leave() => Interlocked.Decrement(ref _count);

    /// <summary>Returns when nobody calls, or it has taken too long; in real time, whatever the engine's clock is.
    /// </summary>
    internal async Task StepBackAsync()
    {
        for (var waited = TimeSpan.Zero; Volatile.Read(ref _count) > 0 && waited < Longest; waited += Look)
            await Task.Delay(Look);
    }
}
