namespace SecureUserData.Client;

/// <summary>What a client sees of a failure.</summary>
internal static class ClusterErrors
{
    /// <summary>Ours as it is; everything else, such as a silo that is gone or does not answer in time, without its
    /// text.</summary>
    internal static SecureUserDataException Outward(Exception exception) => exception switch
    {
        SecureUserDataException ours => ours,
        TimeoutException => SecureUserDataException.Unavailable(
            "The cluster has not answered in time, and nobody knows whether the call was carried out: look, and try "
            + "again.",
            exception),
        _ => SecureUserDataException.Unavailable(
            "The call failed inside. Try again; if it stays so, ask an operator.", exception),
    };
}
