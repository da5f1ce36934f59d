using System.Security.Cryptography;
using SecureUserData.Vault.Items;
using SecureUserData.Vault.Ledger;
using SecureUserData.Vault.Naming;

namespace SecureUserData.Vault;

// Users and groups.
public sealed partial class VaultClient
{
    /// <summary>Invites a user.</summary>
    /// <param name="name">The user's name.</param>
    /// <param name="isAdministrator">Whether the user is to be a global administrator.</param>
    /// <param name="setUpTime">How long the user has; null for <see cref="VaultLimits.SetUpTime"/>.</param>
    /// <returns>To be given to the user on a way that the server cannot read.</returns>
    public Task<VaultInvitation> AddUserAsync(string name, bool isAdministrator = false, TimeSpan? setUpTime = null) =>
        InviteAsync(VaultUserId.New(), name, isAdministrator, setUpTime);

    /// <summary>Invites a user again whose time to set up is over.</summary>
    /// <param name="user">The user.</param>
    /// <param name="isAdministrator">Whether the user is to be a global administrator, whatever was said before.
    /// </param>
    /// <param name="setUpTime">How long the user has; null for <see cref="VaultLimits.SetUpTime"/>.</param>
    public Task<VaultInvitation> InviteAgainAsync(
        VaultUserId user, bool isAdministrator = false, TimeSpan? setUpTime = null)
    {
        var known = Ledger.Users.GetValueOrDefault(user)
            ?? throw new SecureUserDataException(ErrorCode.NotFound, "There is no such user in this vault.");
        return InviteAsync(user, known.Name, isAdministrator, setUpTime);
    }

    /// <summary>Takes a user out of the vault and of all groups, whose keys are then to be renewed.</summary>
    public Task RemoveUserAsync(VaultUserId user) => ActAsync(new RemoveUser(user));

    /// <summary>Makes a user a global administrator, or no longer.</summary>
    public Task SetAdministratorAsync(VaultUserId user, bool isAdministrator) =>
        ActAsync(new SetAdministrator(user, isAdministrator));

    /// <summary>Makes a group, with this user as its administrator.</summary>
    /// <param name="name">The name: of one script, and like no other group's.</param>
    /// <param name="isHidden">Whether only members and global administrators learn the name.</param>
    public async Task<VaultGroupId> AddGroupAsync(string name, bool isHidden = false)
    {
        var group = VaultGroupId.New();
        var named = GroupNames.Of(group, VaultName.Check(name, "group"));
        var key = SealingKey.Generate();
        await ActAsync(
            new AddGroup(group, GroupNames.Hash(named), isHidden, key.PublicKey.ToArray()),
            named,
            () => [SealKey(group, 1, key, Me)]);
        _groupKeys.Add(group, 1, key);
        return group;
    }

    /// <summary>Renames, hides or shows a group.</summary>
    public Task PutGroupAsync(VaultGroupId group, string name, bool isHidden)
    {
        var named = GroupNames.Of(group, VaultName.Check(name, "group"));
        return ActAsync(new PutGroup(group, GroupNames.Hash(named), isHidden), named);
    }

    /// <summary>Ends a group in which nothing is any more.</summary>
    public Task RemoveGroupAsync(VaultGroupId group) => ActAsync(new RemoveGroup(group));

    /// <summary>The groups whose names this user may know, verified: the name is the one that was signed, and no two
    /// look alike.</summary>
    public async Task<IReadOnlyList<VaultGroupName>> ListGroupsAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            var names = await _connection.VaultAsync(
                vault => vault.ListGroupNamesAsync(),
                names => names.All(name => name is { Salt: not null, Name: not null }));
            if (AreSigned(names)) return names;
            if (attempt == 2) throw SecureUserDataException.Tampered("the names of the vault's groups");
            await RefreshAsync(); // a group may have been made, renamed or ended just now
        }
    }

    /// <summary>Whether all are the names that were signed, look different, and none is kept back: beside the right
    /// group a user would not take another one that looks like it.</summary>
    private bool AreSigned(IReadOnlyList<VaultGroupName> names)
    {
        var seen = new HashSet<string>();
        foreach (var name in names)
            if (Ledger.Groups.GetValueOrDefault(name.Group) is not { IsRemoved: false } group
                || !GroupNames.Is(name, group.NameHash)
                || !seen.Add(NameSkeleton.Of(VaultLedger.Name(name.Name, "group"))))
                return false;
        var named = names.Select(name => name.Group).ToHashSet();
        return Ledger.Groups.All(group => group.Value.IsRemoved || named.Contains(group.Key)
            || (group.Value.IsHidden && !group.Value.Members.ContainsKey(Me) && !Ledger.IsAdministrator(Me)));
    }

    /// <summary>Makes a user a member, or changes whether a member administrates the group. Who has not set up yet gets
    /// the group's key later, see <see cref="CompleteMembersAsync"/>.</summary>
    public async Task SetMemberAsync(VaultGroupId group, VaultUserId user, bool isAdministrator = false)
    {
        var isNew = !Ledger.Group(group).Members.ContainsKey(user);
        var keys = isNew && Ledger.Active(user) is not null ? await _groupKeys.AllAsync(group) : [];
        await ActAsync(
            new SetMember(group, user, isAdministrator),
            seals: () => [.. keys.Select((key, i) => SealKey(group, i + 1, key, user))]);
    }

    /// <summary>Hands the keys of all groups that this user is a member of on to members who wait for them.</summary>
    /// <returns>To whom, in which group.</returns>
    public async Task<IReadOnlyList<(VaultGroupId Group, VaultUserId Member)>> CompleteMembersAsync()
    {
        var completed = new List<(VaultGroupId, VaultUserId)>();
        var waiting = (await _connection.VaultAsync(vault => vault.ListWaitingAsync(), all => !all.Contains(null!)))
            .Where(waiting => waiting.User != Me).ToLookup(waiting => waiting.Group, waiting => waiting.User);
        if (waiting.Count == 0) return completed;
        await RefreshAsync(); // they may have set up just now, or left: the server's word is not taken for it
        foreach (var id in waiting.Select(group => group.Key).Where(id => Ledger.IsInOneOf(Me, [id])))
        {
            var keys = await _groupKeys.AllAsync(id);
            foreach (var member in waiting[id].Where(member => Ledger.IsInOneOf(member, [id])))
            {
                await _connection.VaultAsync(async vault =>
                {
                    await vault.AddGroupKeysAsync(id, [.. keys.Select((key, i) => SealKey(id, i + 1, key, member))]);
                    return true;
                });
                completed.Add((id, member));
            }
        }
        return completed;
    }

    /// <summary>Gives a group a new key. What was sealed to the one before is sealed anew by <see cref="ResealAsync"/>.
    /// </summary>
    public Task RenewGroupKeyAsync(VaultGroupId group) => RenewAsync(group, key => new RenewGroupKey(group, key), null);

    /// <summary>Takes a member out of a group: the group has a new key from then on, and what is in it is to be sealed
    /// anew (<see cref="ResealAsync"/>). A global administrator who is no member makes no key.</summary>
    public Task RemoveMemberAsync(VaultGroupId group, VaultUserId user) =>
        Ledger.Group(group).Members.ContainsKey(Me)
            ? RenewAsync(group, key => new RemoveMember(group, user, key), user)
            : ActAsync(new RemoveMember(group, user, null));

    private async Task RenewAsync(VaultGroupId group, Func<byte[], VaultAct> act, VaultUserId? leaver)
    {
        SealingKey? made = null;
        await ActAsync(Fresh, seals: () =>
        {
            var version = Ledger.Group(group).KeyVersion + 1;
            return [.. Ledger.Group(group).Members.Keys
                .Where(member => member != leaver && Ledger.Active(member) is not null)
                .Select(member => SealKey(group, version, made!, member))];
        });
        _groupKeys.Add(group, Ledger.Group(group).KeyVersion, made!);

        // Another key for each attempt: the server has kept what was sealed for who has been taken out meanwhile.
        VaultAct Fresh()
        {
            made?.Dispose();
            made = SealingKey.Generate();
            return act(made.PublicKey.ToArray());
        }
    }

    private async Task<VaultInvitation> InviteAsync(
        VaultUserId user, string name, bool isAdministrator, TimeSpan? setUpTime)
    {
        using var secret = SigningKey.Generate();
        await ActAsync(new AddUser(
            user,
            VaultName.Check(name, "user"),
            isAdministrator,
            secret.PublicKey.ToArray(),
            _time.GetUtcNow() + (setUpTime ?? VaultLimits.SetUpTime)));
        return VaultInvitation.Make(_trust.Vault, user, secret, _trust.Root);
    }

    private Signed SealKey(VaultGroupId group, int version, SealingKey key, VaultUserId member)
    {
        var recipient = Ledger.Active(member)!.Keys!.Sealing;
        var scalar = new byte[SealingKey.ScalarLength];
        key.ExportScalar(scalar);
        try
        {
            var seal = new Seal(
                _trust.Vault,
                SealPurpose.GroupKey,
                group,
                version,
                $"{member}",
                0,
                Ledger.Head,
                _time.GetUtcNow(),
                Me,
                []);
            return Sign((seal with
            {
                Bytes = Hpke.Seal(recipient, seal.Info(), seal.Binding(recipient), scalar),
            }).ToBody());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }
}
