using SecureUserData.Vault.Items;

namespace SecureUserData.Vault;

/// <summary>An item as a client has verified it.</summary>
/// <param name="Record">What it says, and who said so when.</param>
/// <param name="View">What the server shows of it.</param>
public sealed record SeenItem(ItemRecord Record, VaultItemView View)
{
    /// <summary>The item.</summary>
    public VaultItemId Id => Record.Item;

    /// <summary>What it says.</summary>
    public ItemContent Content => Record.Content;
}

/// <summary>One version of a secret or of notes.</summary>
/// <param name="Version">Its number.</param>
/// <param name="At">When it was written, by the writer's clock.</param>
/// <param name="By">Who has written it.</param>
/// <param name="Content">The text, in UTF-8; null in a list of versions.</param>
public sealed record OpenedText(long Version, DateTimeOffset At, VaultUserId By, byte[]? Content);
