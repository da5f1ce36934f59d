namespace SecureUserData.Vault;

/// <summary>A customer, a machine or a service. What is readable in it is signed; its notes and its secret are sealed
/// to its groups, and the server has no key to them.</summary>
public interface IVaultItem : IEntity
{
    /// <summary>The item, without any ciphertext.</summary>
    Task<VaultItemView> GetAsync();

    /// <summary>Stores what the caller has signed: a new version of the record, of the secret or of the notes, seals,
    /// or some of them together.</summary>
    /// <returns>The item after it.</returns>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when another change was faster;
    /// otherwise as the rules of items say.</exception>
    Task<VaultItemView> PutAsync(VaultItemChange change);

    /// <summary>A secret, or notes, with the seals to the caller's groups. It is on record before it is handed out.
    /// </summary>
    /// <param name="kind">Which of the two.</param>
    /// <param name="version">The version; 0 for the newest.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/> when the caller is in none of the
    /// item's groups; <see cref="ErrorCode.NotFound"/> when there is no such version, or not any more.</exception>
    Task<VaultText> GetTextAsync(VaultTextKind kind, long version = 0);

    /// <summary>The versions of the secret or the notes that are kept, oldest first: who has written them and
    /// when.</summary>
    /// <param name="kind">Which of the two.</param>
    Task<IReadOnlyList<Signed>> ListTextsAsync(VaultTextKind kind);

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

/// <summary>An item as everybody in the vault may see it.</summary>
/// <param name="Id">The item.</param>
/// <param name="Record">Its newest version.</param>
/// <param name="SecretVersion">The newest version of its secret; 0 if there is none.</param>
/// <param name="NotesVersion">The newest version of its notes; 0 if there are none.</param>
/// <param name="Sealed">The oldest version of each group's key that something of it is sealed to.</param>
public sealed record VaultItemView(
    VaultItemId Id, Signed Record, long SecretVersion, long NotesVersion, IReadOnlyList<VaultKeyVersion> Sealed);

/// <summary>A version of a group's key.</summary>
/// <param name="Group">The group.</param>
/// <param name="Version">The version.</param>
public sealed record VaultKeyVersion(VaultGroupId Group, int Version);

/// <summary>A change of an item.</summary>
public sealed record VaultItemChange
{
    /// <summary>The new version of the record; null when it stays.</summary>
    public Signed? Record { get; init; }

    /// <summary>New versions of the secret and the notes.</summary>
    public IReadOnlyList<VaultNewText> Texts { get; init; } = [];

    /// <summary>Seals for the item's groups, of all versions that lack them.</summary>
    public IReadOnlyList<Signed> Seals { get; init; } = [];

    /// <summary>Shows that the signer has read the newest version of what groups are added to: one for each kind of
    /// text, by the key derived from that version's.</summary>
    public IReadOnlyList<VaultProof> Proofs { get; init; } = [];
}

/// <summary>A new version of a secret or of notes.</summary>
/// <param name="Text">What its signer says of it.</param>
/// <param name="Ciphertext">AES-256-GCM, <c>{ nonce(12) || ciphertext || tag(16) }</c>.</param>
public sealed record VaultNewText(Signed Text, byte[] Ciphertext);

/// <summary>A signature by the access key of the newest version there is.</summary>
/// <param name="Kind">Of which text.</param>
/// <param name="Signature">Over the signed body that it goes with.</param>
public sealed record VaultProof(VaultTextKind Kind, byte[] Signature);

/// <summary>A secret, or notes, as they are handed out.</summary>
/// <param name="Text">What its signer said of it.</param>
/// <param name="Ciphertext">AES-256-GCM, <c>{ nonce(12) || ciphertext || tag(16) }</c>.</param>
/// <param name="Seals">Its key, sealed to the caller's groups.</param>
public sealed record VaultText(Signed Text, byte[] Ciphertext, IReadOnlyList<Signed> Seals);
