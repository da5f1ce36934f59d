using System.Collections.Immutable;
using SecureUserData.Entities;
using SecureUserData.Vault.Items;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault;

/// <summary>What is stored of a vault.</summary>
public sealed record VaultState : IApplicationState
{
    /// <inheritdoc/>
    public required AppId App { get; init; }

    /// <summary>The first administrator, until the vault is founded.</summary>
    public VaultFounder? Founder { get; init; }

    /// <summary>Whether its global administrators are operators of the installation.</summary>
    public bool AreOperators { get; init; }

    /// <summary>Its users and groups.</summary>
    public required LedgerState Ledger { get; init; }

    /// <summary>The newest act. It comes to its shelf before the next one is taken: nothing lies there that is not in
    /// the chain, whichever activation writes last.</summary>
    public Signed? Newest { get; init; }

    /// <summary>The seals of groups' keys that came with it and since, for the same reason.</summary>
    public ImmutableArray<Signed> NewestSeals { get; init; } = [];

    /// <summary>Members who have not been given their group's key.</summary>
    public ImmutableArray<VaultMember> Waiting { get; init; } = [];

    /// <summary>The names of its groups.</summary>
    public ImmutableArray<VaultGroupName> Names { get; init; } = [];

    /// <summary>The last entry of the own chain that this state has in it.</summary>
    public long LastSequence { get; init; }
}

/// <summary>The first administrator of a vault who has not set up yet.</summary>
/// <param name="User">The user.</param>
/// <param name="InvitationKey">Verifies who holds the one-time secret.</param>
/// <param name="Until">The end of the time to set up.</param>
public sealed record VaultFounder(VaultUserId User, byte[] InvitationKey, DateTimeOffset Until);

/// <summary>What is stored on a shelf.</summary>
public sealed record VaultShelfState : IApplicationState
{
    /// <inheritdoc/>
    public required AppId App { get; init; }

    /// <summary>What lies there, by name.</summary>
    public ImmutableSortedDictionary<string, Signed> Items { get; init; } =
        ImmutableSortedDictionary.Create<string, Signed>(StringComparer.Ordinal);
}

/// <summary>What is stored of an item.</summary>
public sealed record VaultItemState : IApplicationState
{
    /// <inheritdoc/>
    public required AppId App { get; init; }

    /// <summary>The item; null before its first act is in the chain.</summary>
    public KeptItem? Item { get; init; }

    /// <summary>What it becomes as soon as an act is in the vault's chain; one of these at the most will be.</summary>
    public ImmutableArray<PendingItem> Pending { get; init; } = [];

    /// <summary>The last entry of the own chain that this state has in it.</summary>
    public long LastSequence { get; init; }
}

/// <summary>An item after an act of which nobody knows yet whether it is in the vault's chain.</summary>
/// <param name="Item">The item.</param>
/// <param name="Head">The chain's place after the act.</param>
/// <param name="Entry">What announces the change in the item's access log.</param>
public sealed record PendingItem(KeptItem Item, VaultHead Head, long Entry);
