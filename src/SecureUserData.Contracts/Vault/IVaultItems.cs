namespace SecureUserData.Vault;

/// <summary>The items of a vault, listed; no ciphertext is in a list.</summary>
public interface IVaultItems : IEntity
{
    /// <summary>Items of one kind, oldest first.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="cursor">Where to go on; null to begin.</param>
    /// <param name="limit">At most this many, 1 to <see cref="Limits.PageItems"/>.</param>
    Task<Page<VaultItemView>> ListAsync(VaultItemKind kind, string? cursor = null, int limit = 100);

    /// <summary>Services in a group, oldest first.</summary>
    /// <param name="group">The group.</param>
    /// <param name="cursor">Where to go on; null to begin.</param>
    /// <param name="limit">At most this many, 1 to <see cref="Limits.PageItems"/>.</param>
    Task<Page<VaultItemView>> ListInGroupAsync(VaultGroupId group, string? cursor = null, int limit = 100);
}

/// <summary>Names the list of a vault's items: <c>vault/app_…/items</c>.</summary>
/// <param name="Vault">The vault.</param>
public readonly record struct VaultItemsId(VaultId Vault) : IEntityId<IVaultItems>
{
    private const string Suffix = "/items";

    /// <summary>Reads the text of an id; false when it is not one.</summary>
    public static bool TryParse(string? text, out VaultItemsId id)
    {
        var vault = default(VaultId);
        var ok = text?.EndsWith(Suffix, StringComparison.Ordinal) == true
            && VaultId.TryParse(text[..^Suffix.Length], out vault);
        id = new(vault);
        return ok;
    }

    /// <inheritdoc/>
    public override string ToString() => Vault + Suffix;
}
