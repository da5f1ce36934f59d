namespace SecureUserData.Client;

/// <summary>What a client sees of a failure.</summary>
internal static class ClusterErrors
{
    /// <summary>As often a call is made that finds its entity leaving. One that is unloaded after each call, as in a
    /// sweep or an erasure, is met leaving several times in a row, and nobody is to be refused for it.</summary>
    internal const int Attempts = 20;

    private const string SignInIsOver = "This sign-in is not valid here, or not any more: sign in again.";
    private const string IsLeaving = "The entity is being unloaded: call again.";

    /// <summary>What the edge of the cluster says of a token that is not good, or not any more; nothing has been done
    /// then.</summary>
    internal static SecureUserDataException SignInAgain() => SecureUserDataException.Denied(SignInIsOver);

    internal static bool IsSignInAgain(Exception exception) =>
        exception is SecureUserDataException { Code: ErrorCode.Denied, Message: SignInIsOver };

    /// <summary>What a call is told that had to wait for its turn, and then found the entity leaving; nothing has been
    /// done then.</summary>
    internal static SecureUserDataException CallAgain() => SecureUserDataException.Unavailable(IsLeaving);

    /// <summary>What a caller is told who has called again and again, and always found the entity leaving.</summary>
    internal static SecureUserDataException NeverThere() =>
        SecureUserDataException.Unavailable("The entity was unloaded again and again: try again later.");

    internal static bool IsCallAgain(Exception exception) =>
        exception is SecureUserDataException { Code: ErrorCode.Unavailable, Message: IsLeaving };

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

    /// <summary>The same without what caused it, whose text can hold data.</summary>
    internal static SecureUserDataException WithoutCause(SecureUserDataException exception) =>
        new(exception.Code, exception.Message) { Cursor = exception.Cursor };
}
