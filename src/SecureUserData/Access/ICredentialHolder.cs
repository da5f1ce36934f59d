using SecureUserData.Entities;

namespace SecureUserData.Access;

/// <summary>An entity that credentials belong to.</summary>
public interface ICredentialHolder : IEntityInternals
{
    /// <summary>The caller that a credential makes.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/>, whatever is wrong: the owner is not
    /// there, or the secret is not the owner's.</exception>
    Task<Caller> AuthenticateAsync(Credential credential);
}
