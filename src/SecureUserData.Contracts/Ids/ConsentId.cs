namespace SecureUserData;

/// <summary>Names the consent of one user to one script: <c>usr_…/scr_…</c>.</summary>
/// <param name="User">The data subject who decides.</param>
/// <param name="Script">The script decided on.</param>
public readonly record struct ConsentId(UserId User, ScriptId Script) : IEntityId<IConsent>
{
    /// <summary>Reads the text of an id.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is not one.</exception>
    public static ConsentId Parse(string? text)
    {
        var parts = (text ?? "").Split('/');
        return parts.Length == 2
            ? new(UserId.Parse(parts[0]), ScriptId.Parse(parts[1]))
            : throw SecureUserDataException.Invalid(
                "That is not a consent id: expected a user id, '/' and a script id.");
    }

    /// <summary>Reads the text of an id; false when it is not one.</summary>
    public static bool TryParse(string? text, out ConsentId id)
    {
        id = default;
        if (text?.Split('/') is not [var left, var right]
            || !UserId.TryParse(left, out var user) || !ScriptId.TryParse(right, out var script))
            return false;
        id = new(user, script);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{User}/{Script}";
}
