using SecureUserData.Vault.Items;

namespace SecureUserData.Vault;

/// <summary>Items as they are shown, and changes as they come.</summary>
internal static class VaultItemViews
{
    internal static VaultItemView Of(VaultItemId id, KeptItem item) => new(
        id,
        item.Record,
        item.Newest(VaultTextKind.Secret)?.Version ?? 0,
        item.Newest(VaultTextKind.Notes)?.Version ?? 0,
        item.Sealed());

    /// <summary>Refuses what has nothing where something must be.</summary>
    internal static void CheckWhole(VaultItemChange? change)
    {
        if (change is not { Texts: not null, Seals: not null, Proofs: not null }
            || (change.Record is not null && !IsWhole(change.Record))
            || change.Texts.Count > 2 || change.Proofs.Count > 2
            || change.Seals.Count > VaultLimits.Links * (VaultLimits.SecretVersions + 1)
            || change.Texts.Any(text => text is not { Ciphertext: not null } || !IsWhole(text.Text))
            || change.Proofs.Any(proof => proof is not { Signature: not null })
            || change.Seals.Any(seal => !IsWhole(seal)))
            throw SecureUserDataException.Invalid("The change is not whole, or too large: sign all that it needs.");
    }

    internal static bool IsWhole(Signed? signed) =>
        signed is { Body.Length: <= VaultLimits.SignedBytes, Signature: not null };
}
