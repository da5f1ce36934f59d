namespace SecureUserData.Vault;

/// <summary>Changes as they come, from whomever.</summary>
internal static class VaultWholeness
{
    /// <summary>Refuses what has nothing where something must be.</summary>
    internal static void CheckWhole(VaultItemChange? change)
    {
        if (change is not { Texts: not null, Seals: not null }
            || (change.Act is null ? change.Seals.Count == 0 || change.Texts.Count > 0 : !IsWhole(change.Act))
            || change.Texts.Count > 2
            || change.Seals.Count > VaultLimits.Links * (VaultLimits.SecretVersions + 1)
            || change.Texts.Any(text => text is not { Bytes: not null })
            || change.Seals.Any(seal => !IsWhole(seal)))
            throw SecureUserDataException.Invalid("The change is not whole, or too large: sign all that it needs.");
    }

    internal static bool IsWhole(Signed? signed) =>
        signed is { Body.Length: <= VaultLimits.SignedBytes, Signature: not null };
}
