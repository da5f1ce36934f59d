namespace SecureUserData.Vault;

/// <summary>A customer, a machine or a service. What is readable in it is in the vault's acts; its notes and its secret
/// are here, sealed to its groups, and the server has no key to them.</summary>
public interface IVaultItem : IEntity
{
    /// <summary>Stores what the caller has signed: an act that begins, changes or ends the item, with the ciphertexts
    /// that it adds, and seals for its groups; or seals alone, where a group has a new key.</summary>
    /// <returns>The newest act's place.</returns>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when another act was faster;
    /// otherwise as the rules of acts and of seals say.</exception>
    Task<VaultHead> PutAsync(VaultItemChange change);

    /// <summary>A secret, or notes, with the seals to the caller's groups. It is on record before it is handed out.
    /// </summary>
    /// <param name="kind">Which of the two.</param>
    /// <param name="version">The version.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/> when the caller is in none of the
    /// item's groups; <see cref="ErrorCode.NotFound"/> when there is no such version, or not any more.</exception>
    Task<VaultText> GetTextAsync(VaultTextKind kind, long version);

    /// <summary>The seals to one group, of all versions of the secret and the notes that are kept, for sealing them
    /// anew. It is on record before they are handed out.</summary>
    /// <param name="group">The group.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/> when the caller is no member of it.
    /// </exception>
    Task<IReadOnlyList<Signed>> GetSealsAsync(VaultGroupId group);

    /// <summary>The item's own chain of the access log, oldest first; for members of its groups and global
    /// administrators.</summary>
    /// <param name="after">The sequence number of the last entry already seen; 0 to begin.</param>
    /// <param name="limit">At most this many entries, 1 to <see cref="Limits.PageItems"/>.</param>
    Task<IReadOnlyList<AccessLogEntry>> ReadLogAsync(long after = 0, int limit = 100);
}

/// <summary>What of an item is sealed.</summary>
public enum VaultTextKind
{
    /// <summary>A service's secret.</summary>
    Secret = 1,

    /// <summary>Notes.</summary>
    Notes = 2,
}

/// <summary>A change of an item.</summary>
public sealed record VaultItemChange
{
    /// <summary>The act; null where nothing but seals is new.</summary>
    public Signed? Act { get; init; }

    /// <summary>The secret and the notes that the act adds.</summary>
    public IReadOnlyList<VaultCiphertext> Texts { get; init; } = [];

    /// <summary>Seals for the item's groups, of all versions that lack them.</summary>
    public IReadOnlyList<Signed> Seals { get; init; } = [];
}

/// <summary>A version of a secret or of notes.</summary>
/// <param name="Kind">Which of the two.</param>
/// <param name="Version">Its number, from 1.</param>
/// <param name="Bytes">AES-256-GCM, <c>{ nonce(12) || ciphertext || tag(16) }</c>.</param>
public sealed record VaultCiphertext(VaultTextKind Kind, long Version, byte[] Bytes);

/// <summary>A secret, or notes, as they are handed out.</summary>
/// <param name="Ciphertext">AES-256-GCM, <c>{ nonce(12) || ciphertext || tag(16) }</c>.</param>
/// <param name="Seals">Its key, sealed to the caller's groups.</param>
public sealed record VaultText(byte[] Ciphertext, IReadOnlyList<Signed> Seals);
