namespace SecureUserData.Vault;

/// <summary>A vault: its users, groups and items, as a chain of signed acts. The server keeps it and checks it; it
/// makes no key, and every client checks it again.</summary>
public interface IVault : IEntity
{
    /// <summary>The newest act's place.</summary>
    Task<VaultHead> GetHeadAsync();

    /// <summary>The acts, oldest first.</summary>
    /// <param name="after">The number of the last act already seen; 0 to begin.</param>
    /// <param name="limit">At most this many, 1 to <see cref="Limits.PageItems"/>.</param>
    Task<IReadOnlyList<Signed>> ListActsAsync(long after = 0, int limit = 100);

    /// <summary>The names of the groups, without hidden ones of which the caller is no member; a global administrator
    /// sees all.</summary>
    Task<IReadOnlyList<VaultGroupName>> ListGroupNamesAsync();

    /// <summary>Takes an act on users and groups that the caller has signed; one on an item goes to that.</summary>
    /// <returns>The newest act's place.</returns>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when another act was faster;
    /// otherwise as the rules of acts say.</exception>
    Task<VaultHead> AppendAsync(VaultChange change);

    /// <summary>A group's private keys as they are sealed to the caller, a member. It is on record before they are
    /// handed out.</summary>
    /// <param name="group">The group.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/> when the caller is no member.
    /// </exception>
    Task<IReadOnlyList<Signed>> GetGroupKeysAsync(VaultGroupId group);

    /// <summary>Adds seals of a group's private keys for members who have none, as when they were added before they had
    /// set up.</summary>
    /// <param name="group">The group.</param>
    /// <param name="seals">Signed by the caller, a member: for each of them one of every version.</param>
    Task AddGroupKeysAsync(VaultGroupId group, IReadOnlyList<Signed> seals);

    /// <summary>The members of the caller's groups who have keys of their own by now, and not the group's.</summary>
    Task<IReadOnlyList<VaultMember>> ListWaitingAsync();

    /// <summary>The items of which something is still sealed to an older key of a group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="cursor">Where to go on; null to begin.</param>
    /// <param name="limit">At most this many, 1 to <see cref="Limits.PageItems"/>.</param>
    Task<Page<VaultItemId>> ListStaleAsync(VaultGroupId group, string? cursor = null, int limit = 100);

    /// <summary>The vault's own chain of the access log, oldest first; for global administrators.</summary>
    /// <param name="after">The sequence number of the last entry already seen; 0 to begin.</param>
    /// <param name="limit">At most this many entries, 1 to <see cref="Limits.PageItems"/>.</param>
    Task<IReadOnlyList<AccessLogEntry>> ReadLogAsync(long after = 0, int limit = 100);
}

/// <summary>An act, and what goes with it.</summary>
/// <param name="Act">The act.</param>
public sealed record VaultChange(Signed Act)
{
    /// <summary>The name that the act holds the hash of; null where it holds none.</summary>
    public VaultGroupName? Name { get; init; }

    /// <summary>Seals of the group's private key for its members.</summary>
    public IReadOnlyList<Signed> Seals { get; init; } = [];
}

/// <summary>A group's name, and the random bytes that its hash was made with.</summary>
/// <param name="Group">The group.</param>
/// <param name="Salt">16 bytes.</param>
/// <param name="Name">The name.</param>
public sealed record VaultGroupName(VaultGroupId Group, byte[] Salt, string Name);

/// <summary>A member of a group.</summary>
/// <param name="Group">The group.</param>
/// <param name="User">The user.</param>
public sealed record VaultMember(VaultGroupId Group, VaultUserId User);
