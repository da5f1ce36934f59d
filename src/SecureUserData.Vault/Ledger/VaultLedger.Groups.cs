using System.Collections.Immutable;

namespace SecureUserData.Vault.Ledger;

// The acts that change groups.
public static partial class VaultLedger
{
    private static LedgerState Add(LedgerState state, SignedAct act, AddGroup add, Signatures signatures)
    {
        if (state.Groups.ContainsKey(add.Group)) throw SecureUserDataException.Conflict("There is this group already.");
        CheckNewKey(state, add.PublicKey, signatures);
        var group = new LedgerGroup(add.NameHash, add.IsHidden)
        {
            Members = ImmutableDictionary<VaultUserId, bool>.Empty.Add(act.Signer, true), Keys = [add.PublicKey],
        };
        return state with { Groups = state.Groups.Add(add.Group, group) };
    }

    private static LedgerState Put(LedgerState state, SignedAct act, PutGroup put)
    {
        var group = state.Group(put.Group);
        if (!group.Members.ContainsKey(act.Signer))
            throw SecureUserDataException.Denied("Only a member of the group may change it.");
        if (put.IsHidden != group.IsHidden && !group.IsAdministratedBy(act.Signer))
            throw SecureUserDataException.Denied("Only an administrator of the group may hide or show it.");
        return With(state, put.Group, group with { NameHash = put.NameHash, IsHidden = put.IsHidden });
    }

    /// <summary>That no service is in it is checked where the services are.</summary>
    private static LedgerState Remove(LedgerState state, SignedAct act, RemoveGroup remove)
    {
        DemandAdministrator(state, act.Signer);
        return With(state, remove.Group, state.Group(remove.Group) with { IsRemoved = true });
    }

    private static LedgerState Set(LedgerState state, SignedAct act, SetMember set)
    {
        var group = state.Group(set.Group);
        User(state, set.User);
        if (!group.Members.ContainsKey(act.Signer))
            throw SecureUserDataException.Denied(
                "Only a member of the group may add somebody: nobody else has the group's key to hand on.");
        var isMember = group.Members.TryGetValue(set.User, out var administrates);
        if (isMember && administrates == set.IsAdministrator)
            throw SecureUserDataException.Conflict("The user is in the group already.");
        if ((isMember || set.IsAdministrator) && !group.IsAdministratedBy(act.Signer))
            throw SecureUserDataException.Denied(
                "Only an administrator of the group may say who administrates it.");
        if (!set.IsAdministrator) DemandOtherAdministrator(state, group, set.User);
        return With(state, set.Group, group with { Members = group.Members.SetItem(set.User, set.IsAdministrator) });
    }

    private static LedgerState Remove(
        LedgerState state, SignedAct act, RemoveMember remove, Signatures signatures)
    {
        var group = state.Group(remove.Group);
        var administrates = group.IsAdministratedBy(act.Signer);
        if (!administrates && !state.IsAdministrator(act.Signer))
            throw SecureUserDataException.Denied(
                "Only an administrator of the group, or a global one, may take somebody out of it.");
        if (!group.Members.ContainsKey(remove.User))
            throw new SecureUserDataException(ErrorCode.NotFound, "The user is not in this group.");
        if (remove.User == act.Signer)
            throw SecureUserDataException.Denied(
                "Nobody takes himself out of a group: another administrator of it does.");
        DemandOtherAdministrator(state, group, remove.User);
        var isMember = group.Members.ContainsKey(act.Signer);
        if (isMember != remove.PublicKey is not null)
            throw SecureUserDataException.Invalid(isMember
                ? "A member who takes somebody out of a group gives it a new key in the same act."
                : "Who is no member of a group makes no key for it: one of its administrators does.");
        var smaller = group with { Members = group.Members.Remove(remove.User) };
        return With(state, remove.Group, remove.PublicKey is { } key
            ? Renewed(state, smaller, key, signatures)
            : smaller with { NeedsNewKey = true });
    }

    private static LedgerState Renew(
        LedgerState state, SignedAct act, RenewGroupKey renew, Signatures signatures)
    {
        var group = state.Group(renew.Group);
        if (!group.IsAdministratedBy(act.Signer))
            throw SecureUserDataException.Denied("Only an administrator of the group may give it a new key.");
        return With(state, renew.Group, Renewed(state, group, renew.PublicKey, signatures));
    }

    private static LedgerGroup Renewed(
        LedgerState state, LedgerGroup group, byte[] key, Signatures signatures)
    {
        CheckNewKey(state, key, signatures);
        return group with { Keys = group.Keys.Add(key), NeedsNewKey = false };
    }

    /// <summary>A key that is used a second time could be one that somebody else knows.</summary>
    private static void CheckNewKey(LedgerState state, byte[] key, Signatures signatures)
    {
        signatures.CheckKey(key);
        if (state.Groups.Values.Any(group => group.Keys.Any(other => other.AsSpan().SequenceEqual(key)))
            || state.Users.Values.Any(user => user.Keys is { } keys
                && (keys.Sealing.AsSpan().SequenceEqual(key) || keys.Signing.AsSpan().SequenceEqual(key))))
            throw SecureUserDataException.Invalid("This key is in use already: make a fresh one.");
    }

    /// <summary>Whoever has not set up yet cannot administrate anything.</summary>
    private static void DemandOtherAdministrator(LedgerState state, LedgerGroup group, VaultUserId user)
    {
        if (group.IsAdministratedBy(user)
            && !group.Members.Any(other => other.Value && other.Key != user && state.Active(other.Key) is not null))
            throw SecureUserDataException.Conflict(
                "This is the last administrator of a group: make another member one first.");
    }

    private static LedgerState With(LedgerState state, VaultGroupId id, LedgerGroup group) =>
        state with { Groups = state.Groups.SetItem(id, group) };
}
