using System.Collections.Immutable;
using System.Text.Json.Serialization;
using SecureUserData.Vault.Items;
using SecureUserData.Vault.Naming;

namespace SecureUserData.Vault.Ledger;

/// <summary>A vault's users, groups and items, as its acts have made them.</summary>
/// <param name="Vault">The vault.</param>
public sealed record LedgerState(VaultId Vault)
{
    /// <summary>The newest act.</summary>
    public VaultHead Head { get; init; } = VaultHead.Start;

    /// <summary>When the newest act was signed.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The users, removed ones too: what they have signed stays to be verified.</summary>
    public ImmutableDictionary<VaultUserId, LedgerUser> Users { get; init; } =
        ImmutableDictionary<VaultUserId, LedgerUser>.Empty;

    /// <summary>The groups, removed ones too.</summary>
    public ImmutableDictionary<VaultGroupId, LedgerGroup> Groups { get; init; } =
        ImmutableDictionary<VaultGroupId, LedgerGroup>.Empty;

    /// <summary>The items, removed ones too. A server keeps each where its ciphertexts are, and none here.</summary>
    [JsonIgnore]
    public ImmutableDictionary<VaultItemId, LedgerItem> Items { get; init; } =
        ImmutableDictionary<VaultItemId, LedgerItem>.Empty;

    /// <summary>A user who has keys and is not removed; null otherwise.</summary>
    public LedgerUser? Active(VaultUserId user) =>
        Users.GetValueOrDefault(user) is { IsRemoved: false, Keys: not null } active ? active : null;

    /// <summary>Whether a user is a global administrator.</summary>
    public bool IsAdministrator(VaultUserId user) => Active(user) is { IsAdministrator: true };

    /// <summary>A group that is not removed.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.NotFound"/>.</exception>
    public LedgerGroup Group(VaultGroupId group) =>
        Groups.GetValueOrDefault(group) is { IsRemoved: false } there
            ? there
            : throw new SecureUserDataException(
                ErrorCode.NotFound, "There is no such group in this vault, or not any more: list the groups.");

    /// <summary>Whether a user is a member of one of some groups.</summary>
    public bool IsInOneOf(VaultUserId user, IEnumerable<VaultGroupId> groups) =>
        Active(user) is not null
        && groups.Any(group =>
            Groups.GetValueOrDefault(group) is { IsRemoved: false } there && there.Members.ContainsKey(user));
}

/// <summary>A user.</summary>
/// <param name="Name">The name.</param>
/// <param name="IsAdministrator">Whether the user is a global administrator.</param>
public sealed record LedgerUser(string Name, bool IsAdministrator)
{
    /// <summary>What the name looks like, see <see cref="NameSkeleton"/>.</summary>
    internal string Skeleton { get; } = NameSkeleton.Of(Name);

    /// <summary>The user's keys; null while the user has not set up.</summary>
    public VaultKeys? Keys { get; init; }

    /// <summary>Verifies the user's keys; null for the first administrator.</summary>
    public byte[]? InvitationKey { get; init; }

    /// <summary>The end of the time to set up.</summary>
    public DateTimeOffset Until { get; init; }

    /// <summary>Whether the user was removed.</summary>
    public bool IsRemoved { get; init; }
}

/// <summary>A group.</summary>
/// <param name="NameHash">Its name, see <see cref="GroupNames"/>.</param>
/// <param name="IsHidden">Whether only members and global administrators learn its name.</param>
public sealed record LedgerGroup(byte[] NameHash, bool IsHidden)
{
    /// <summary>The members, and whether each administrates the group.</summary>
    public ImmutableDictionary<VaultUserId, bool> Members { get; init; } =
        ImmutableDictionary<VaultUserId, bool>.Empty;

    /// <summary>The versions of its public key, from 1 on.</summary>
    public ImmutableArray<byte[]> Keys { get; init; } = [];

    /// <summary>The version in force.</summary>
    [JsonIgnore]
    public int KeyVersion => Keys.Length;

    /// <summary>The key in force.</summary>
    [JsonIgnore]
    public byte[] Key => Keys is [.., var newest] ? newest : [];

    /// <summary>Whether somebody has left who knows the key in force.</summary>
    public bool NeedsNewKey { get; init; }

    /// <summary>Whether the group has ended.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>Whether a user is a member who administrates it.</summary>
    public bool IsAdministratedBy(VaultUserId user) =>
        Members.TryGetValue(user, out var administrates) && administrates;

    /// <summary>Lets something be sealed to the key in force only if nobody knows it who has left.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> until an administrator of the group
    /// has given it a new key.</exception>
    public void DemandSealable()
    {
        if (NeedsNewKey)
            throw SecureUserDataException.Conflict(
                "Somebody has left this group who knows its key: have an administrator of it give it a new one first.");
    }
}
