namespace SecureUserData.Client.Wire;

/// <summary>What a call carries beside its arguments, in the request context.</summary>
internal static class CallHeaders
{
    /// <summary>The caller's token.</summary>
    internal const string Caller = "sud-caller";

    /// <summary>In the place of a caller's token: the cluster itself, as in a wake-up. Silos may say so.</summary>
    internal const string System = "system";

    /// <summary>The token of the silo that makes the call; clients have none.</summary>
    internal const string Silo = "sud-silo";
}
