using SecureUserData.Vault;

namespace SecureUserData.Client.Grains;

/// <summary>The door of the cluster: what may be called without having signed in.</summary>
public interface ISignInGrain : IGrainWithStringKey
{
    /// <summary>Makes a token from a credential.</summary>
    /// <exception cref="SecureUserDataException">As in <see cref="ISecureUserData.SignInAsync"/>.</exception>
    Task<SignedIn> SignInAsync(Credential credential);

    /// <summary>Trades a claim code for a credential.</summary>
    /// <exception cref="SecureUserDataException">As in <see cref="ISecureUserData.ClaimAsync"/>.</exception>
    Task<Credential> ClaimAsync(Credential claimCode);

    /// <summary>Begins the sign-in of a vault's user.</summary>
    /// <exception cref="SecureUserDataException">As in <see cref="ISecureUserData.ChallengeAsync"/>.</exception>
    Task<byte[]> ChallengeAsync(VaultId vault, VaultUserId user, byte[] clientNonce);

    /// <summary>Makes a token from the answer to a challenge.</summary>
    /// <exception cref="SecureUserDataException">As in <see cref="ISecureUserData.SignInToVaultAsync"/>.</exception>
    Task<SignedIn> SignInToVaultAsync(VaultSignIn answer);
}

/// <summary>A caller that the cluster has made from a credential.</summary>
/// <param name="Identity">Who it is.</param>
/// <param name="Token">What every call carries: a signed statement (JWT) that lives for a few minutes. The credential
/// itself is sent only to sign in.</param>
/// <param name="Lifetime">How long it may be used.</param>
public sealed record SignedIn(Identity Identity, string Token, TimeSpan Lifetime)
{
    /// <summary>Hides the token.</summary>
    public override string ToString() => $"{Identity.Kind} {Identity.Id}";
}
