using SecureUserData.Access;
using SecureUserData.Entities;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault;

/// <summary>What other entities and an engine's edge ask of a vault.</summary>
public interface IVaultInternals : IEntityInternals
{
    /// <summary>Makes the vault, to be founded by its first administrator; again when nobody has founded it in
    /// time.</summary>
    /// <param name="founder">Who may found it.</param>
    /// <param name="areOperators">Whether its global administrators are operators of the installation.</param>
    Task InitializeAsync(VaultFounder founder, bool areOperators);

    /// <summary>Begins a sign-in.</summary>
    /// <param name="user">Who wants to sign in; whoever is none is answered alike.</param>
    /// <param name="clientNonce">32 random bytes of the client's.</param>
    /// <returns>32 random bytes, to be answered within <see cref="VaultLimits.ChallengeTime"/>.</returns>
    Task<byte[]> ChallengeAsync(VaultUserId user, byte[] clientNonce);

    /// <summary>Ends a sign-in; each challenge is good for one.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/>, whatever is wrong.</exception>
    Task<Caller> SignInAsync(VaultSignIn answer);

    /// <summary>Takes an act on an item, which the item has checked by the rules as of the act's place.</summary>
    /// <returns>The newest act's place.</returns>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when another act was faster.
    /// </exception>
    Task<VaultHead> AppendItemAsync(Signed act);

    /// <summary>The chain's place after an act; null when there is no act of that number yet.</summary>
    Task<VaultHead?> FindAsync(long sequence);

    /// <summary>The users and groups of these, as far as they have to do with each other.</summary>
    Task<LedgerState> ExcerptAsync(IReadOnlyList<VaultUserId> users, IReadOnlyList<VaultGroupId> groups);
}
