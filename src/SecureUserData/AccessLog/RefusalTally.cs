namespace SecureUserData.AccessLog;

/// <summary>Counts refusals that equal the one before, so that a script which asks in a loop does not fill the log. The
/// first is on record at once; the others as one entry with their count, before the next different entry, after a
/// minute, or when the user is unloaded.</summary>
internal sealed class RefusalTally
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private LogEntry? _last;
    private int _count;

    /// <summary>True when the refusal was counted; false when it needs an entry of its own.</summary>
    internal bool TryCount(LogEntry refusal)
    {
        if (_last is null
            || refusal.At - _last.At > Window.TotalMilliseconds
            || refusal.Actor != _last.Actor
            || refusal.ScriptVersion != _last.ScriptVersion
            || refusal.Activity != _last.Activity
            || refusal.Reason != _last.Reason
            || !(refusal.Names ?? []).SequenceEqual(_last.Names ?? []))
            return false;
        _count++;
        return true;
    }

    /// <summary>The entry for what has been counted, if anything has; the count begins again.</summary>
    internal LogEntry? Take(DateTimeOffset now)
    {
        var counted = _count > 0 ? _last! with { At = now.ToUnixTimeMilliseconds(), Count = _count } : null;
        _last = null;
        _count = 0;
        return counted;
    }

    /// <summary>Takes note of a refusal that is on record.</summary>
    internal void Recorded(LogEntry refusal) => _last = refusal;
}
