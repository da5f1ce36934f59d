using System.Collections.Immutable;

namespace SecureUserData.Vault.Items;

/// <summary>An item as the server keeps it.</summary>
/// <param name="Record">The newest version of its record.</param>
public sealed record KeptItem(Signed Record)
{
    /// <summary>Secrets and notes, the oldest of each kind first.</summary>
    public ImmutableArray<KeptText> Texts { get; init; } = [];

    /// <summary>The newest version of a text; null if there is none.</summary>
    public KeptText? Newest(VaultTextKind kind) => Texts.LastOrDefault(text => text.Kind == kind);

    /// <summary>The oldest version of each group's key that something is sealed to.</summary>
    public IReadOnlyList<VaultKeyVersion> Sealed() =>
    [
        .. from text in Texts
           from seal in text.Seals
           group seal.KeyVersion by seal.Group into versions
           select new VaultKeyVersion(versions.Key, versions.Min()),
    ];
}

/// <summary>One version of a secret or of notes.</summary>
/// <param name="Kind">Which of the two.</param>
/// <param name="Version">Its number, from 1.</param>
/// <param name="Text">What its signer says of it.</param>
/// <param name="Ciphertext">What only members of the item's groups can open.</param>
public sealed record KeptText(VaultTextKind Kind, long Version, Signed Text, byte[] Ciphertext)
{
    /// <summary>Its key, sealed to each group.</summary>
    public ImmutableArray<KeptSeal> Seals { get; init; } = [];
}

/// <summary>A key that is sealed to a group.</summary>
/// <param name="Group">The group.</param>
/// <param name="KeyVersion">The version of the group's key.</param>
/// <param name="Seal">What its signer says of it.</param>
public sealed record KeptSeal(VaultGroupId Group, int KeyVersion, Signed Seal);
