namespace SecureUserData.Ports;

/// <summary>The times of wake-ups as they are stored.</summary>
public static class WakeupTime
{
    /// <summary>Whole milliseconds since 1970, rounded up: whoever is woken a part of a millisecond too early finds
    /// that it is not time yet, and is not woken again.</summary>
    public static long ToMilliseconds(DateTimeOffset due)
    {
        var whole = due.ToUnixTimeMilliseconds();
        return DateTimeOffset.FromUnixTimeMilliseconds(whole) < due && due < Latest ? whole + 1 : whole;
    }

    private static readonly DateTimeOffset Latest =
        DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());
}
