namespace SecureUserData.Vault;

/// <summary>The answer to a challenge: a signature and never a decryption, which a dishonest server could use to have
/// something opened.</summary>
/// <param name="Vault">The vault.</param>
/// <param name="User">Who signs in.</param>
/// <param name="ClientNonce">32 random bytes of the client's.</param>
/// <param name="ServerNonce">The 32 bytes of the challenge.</param>
/// <param name="Signature">Over <c>context, vault, user, client nonce, server nonce</c> with the user's signing key,
/// or, before the user has set up, with the invitation's one-time secret.</param>
public sealed record VaultSignIn(
    VaultId Vault, VaultUserId User, byte[] ClientNonce, byte[] ServerNonce, byte[] Signature)
{
    /// <summary>Bytes of a nonce.</summary>
    public const int NonceLength = 32;
}
