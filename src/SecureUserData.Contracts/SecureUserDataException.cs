namespace SecureUserData;

/// <summary>The one exception of SecureUserData. Its message says what to do and holds no data.</summary>
/// <param name="code">Why the call was not carried out.</param>
/// <param name="message">One line that says what to do.</param>
/// <param name="inner">What caused it; it stays in the process and is not shown to callers.</param>
public sealed class SecureUserDataException(ErrorCode code, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>Why the call was not carried out.</summary>
    public ErrorCode Code { get; } = code;

    /// <summary>The cursor with which a list goes on after what stopped it; null where asking again is the
    /// way.</summary>
    public string? Cursor { get; init; }

    internal static SecureUserDataException Denied(string message) => new(ErrorCode.Denied, message);

    internal static SecureUserDataException NotFound(string what) =>
        new(ErrorCode.NotFound, $"There is no such {what} here. Check the id and whose credential you use.");

    internal static SecureUserDataException Erased() =>
        new(ErrorCode.Erased, "This user's data has been erased: nothing of it is left to read or to change.");

    internal static SecureUserDataException Conflict(string message) => new(ErrorCode.Conflict, message);

    internal static SecureUserDataException Invalid(string message) => new(ErrorCode.Invalid, message);

    internal static SecureUserDataException Unavailable(string message, Exception? inner = null) =>
        new(ErrorCode.Unavailable, message, inner);

    internal static SecureUserDataException Tampered(string place) =>
        new(
            ErrorCode.Tampered,
            $"What is stored does not authenticate: {place}. Nothing was released; restore it from a backup.");
}
