using System.Collections.Immutable;

namespace SecureUserData.Vault.Items;

/// <summary>A customer, a machine or a service, as the acts have made it.</summary>
/// <param name="Id">The item.</param>
/// <param name="Content">What everybody in the vault may see of it.</param>
public sealed record LedgerItem(VaultItemId Id, ItemContent Content)
{
    /// <summary>The number of the act that changed it last.</summary>
    public long Sequence { get; init; }

    /// <summary>When that was signed, by the signer's clock.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Who has signed it.</summary>
    public VaultUserId By { get; init; }

    /// <summary>The versions of the secret and the notes that are kept, the oldest of each first.</summary>
    public ImmutableArray<LedgerText> Texts { get; init; } = [];

    /// <summary>The newest version of a text; null if there is none.</summary>
    public LedgerText? Newest(VaultTextKind kind) => Texts.LastOrDefault(text => text.Kind == kind);
}

/// <summary>One version of a secret or of notes.</summary>
/// <param name="Kind">Which of the two.</param>
/// <param name="Version">Its number, from 1.</param>
/// <param name="At">When it was written, by the writer's clock.</param>
/// <param name="By">Who has written it.</param>
/// <param name="AccessKey">Verifies that somebody has read it, see <see cref="NewText"/>.</param>
/// <param name="Commitment">Tells whether a key is the one that the text is encrypted under.</param>
/// <param name="Digest">SHA-256 of the ciphertext.</param>
public sealed record LedgerText(
    VaultTextKind Kind,
    long Version,
    DateTimeOffset At,
    VaultUserId By,
    byte[] AccessKey,
    byte[] Commitment,
    byte[] Digest);
