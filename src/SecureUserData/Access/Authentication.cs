using SecureUserData.Entities;

namespace SecureUserData.Access;

/// <summary>What an engine does at its edge: makes callers from credentials.</summary>
public static class Authentication
{
    /// <summary>How long a caller may be used before its credential is checked again: so long does a credential that
    /// was taken back live on at the most.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Asks the entity that the credential names.</summary>
    /// <param name="context">The engine's own way to entities.</param>
    /// <param name="credential">The credential.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/> when it is not valid (any more),
    /// <see cref="ErrorCode.Invalid"/> when it is mistyped.</exception>
    public static Task<Caller> AuthenticateAsync(IEntityContext context, Credential credential)
    {
        var text = CredentialText.Parse(credential);
        if (text.IsClaim)
            throw SecureUserDataException.Invalid(
                "That is a claim code: claim it first, and sign in with what you get.");
        IEntityId owner = text.Kind switch
        {
            CallerKind.Application => AppId.Parse(text.Owner),
            CallerKind.User => UserId.Parse(text.Owner),
            CallerKind.Script => ScriptId.Parse(text.Owner),
            _ => new InstallationId(),
        };
        return context.Internal<ICredentialHolder>(owner).AuthenticateAsync(credential);
    }

    /// <summary>The user that a claim code is for.</summary>
    /// <param name="claimCode">The claim code.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is not one.</exception>
    public static UserId Claimed(Credential claimCode) => CredentialText.Parse(claimCode) is { IsClaim: true } text
        ? UserId.Parse(text.Owner)
        : throw SecureUserDataException.Invalid("That is not a claim code: it begins with sud_claim_.");

    internal static SecureUserDataException Over() =>
        SecureUserDataException.Denied("This sign-in is over: sign in again.");

    internal static SecureUserDataException Refused() => SecureUserDataException.Denied(
        "This credential is not valid here, or not any more: sign in with another one, or have it re-issued.");
}
