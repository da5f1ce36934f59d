using System.Collections.Immutable;

namespace SecureUserData.Vault.Items;

/// <summary>An item as the server keeps it.</summary>
/// <param name="Item">What the acts have made of it.</param>
public sealed record KeptItem(LedgerItem Item)
{
    /// <summary>The ciphertexts of its secrets and notes, in their order there.</summary>
    public ImmutableArray<KeptText> Texts { get; init; } = [];

    /// <summary>The oldest version of each group's key that something is sealed to.</summary>
    public IEnumerable<(VaultGroupId Group, int KeyVersion)> Sealed() =>
        from text in Texts
        from seal in text.Seals
        group seal.KeyVersion by seal.Group into versions
        select (versions.Key, versions.Min());
}

/// <summary>One version of a secret or of notes.</summary>
/// <param name="Kind">Which of the two.</param>
/// <param name="Version">Its number, from 1.</param>
/// <param name="Ciphertext">What only members of the item's groups can open.</param>
public sealed record KeptText(VaultTextKind Kind, long Version, byte[] Ciphertext)
{
    /// <summary>Its key, sealed to each group.</summary>
    public ImmutableArray<KeptSeal> Seals { get; init; } = [];
}

/// <summary>A key that is sealed to a group.</summary>
/// <param name="Group">The group.</param>
/// <param name="KeyVersion">The version of the group's key.</param>
/// <param name="Seal">What its signer says of it.</param>
public sealed record KeptSeal(VaultGroupId Group, int KeyVersion, Signed Seal);
