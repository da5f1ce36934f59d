using SecureUserData.Vault.Items;
using SecureUserData.Vault.Naming;

namespace SecureUserData.Vault.Ledger;

/// <summary>The rules of a vault's acts: who may do what, and what it makes of users, groups and items. The server
/// checks them before it stores an act, and every client before it believes one.</summary>
public static partial class VaultLedger
{
    /// <summary>Takes an act.</summary>
    /// <param name="state">The users and groups before it.</param>
    /// <param name="signed">The act.</param>
    /// <param name="signatures">Verifies.</param>
    /// <returns>The users and groups after it.</returns>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when it does not follow the newest
    /// act; <see cref="ErrorCode.Tampered"/> when its signature does not verify; <see cref="ErrorCode.Denied"/> when
    /// the signer may not do it; <see cref="ErrorCode.Invalid"/>, <see cref="ErrorCode.NotFound"/> or
    /// <see cref="ErrorCode.Conflict"/> when it cannot be done.</exception>
    public static LedgerState Apply(LedgerState state, Signed signed, Signatures signatures)
    {
        ArgumentNullException.ThrowIfNull(signed);
        ArgumentNullException.ThrowIfNull(signatures);
        var act = SignedAct.Read(signed.Body);
        if (act.Vault != state.Vault) throw SecureUserDataException.Invalid("That was signed for another vault.");
        if (!act.After.IsSame(state.Head))
            throw SecureUserDataException.Conflict(
                "Somebody else has changed the vault meanwhile: look again, and sign anew.");
        signatures.Demand(SignerKey(state, act), signed.Body, signed.Signature, $"act {act.After.Sequence + 1}");
        var next = act.Act switch
        {
            FoundVault found => Found(state, act, found, signatures),
            _ when state.Head.Sequence == 0 => throw SecureUserDataException.Invalid(
                "The vault has not been founded: its first administrator begins."),
            AddUser add => Add(state, act, add, signatures),
            SetUpUser setUp => SetUp(state, act, setUp, signatures),
            RemoveUser remove => Remove(state, act, remove),
            SetAdministrator set => Set(state, act, set),
            AddGroup add => Add(state, act, add, signatures),
            PutGroup put => Put(state, act, put),
            RemoveGroup remove => Remove(state, act, remove),
            SetMember set => Set(state, act, set),
            RemoveMember remove => Remove(state, act, remove, signatures),
            RenewGroupKey renew => Renew(state, act, renew, signatures),
            PutItem put => Put(state, act, put, signatures),
            _ => throw FieldReader.Malformed(),
        };
        return next with { Head = SignedAct.Next(state.Head, signed.Body), At = act.At };
    }

    private static byte[] SignerKey(LedgerState state, SignedAct act) => act.Act switch
    {
        FoundVault found => found.Keys.Signing,
        SetUpUser setUp => setUp.Keys.Signing,
        _ => state.Active(act.Signer)?.Keys!.Signing
            ?? throw SecureUserDataException.Denied("Who signed this is no user of the vault, or not any more."),
    };

    private static LedgerState Found(
        LedgerState state, SignedAct act, FoundVault found, Signatures signatures)
    {
        if (state.Head.Sequence != 0) throw SecureUserDataException.Conflict("The vault has been founded already.");
        CheckKeys(found.Keys, signatures);
        var first = new LedgerUser(Name(found.Name, "user"), IsAdministrator: true) { Keys = found.Keys };
        return state with { Users = state.Users.Add(act.Signer, first) };
    }

    private static LedgerState Add(LedgerState state, SignedAct act, AddUser add, Signatures signatures)
    {
        DemandAdministrator(state, act.Signer);
        signatures.CheckKey(add.InvitationKey);
        if (add.Until <= act.At) throw SecureUserDataException.Invalid("The time to set up ends before it begins.");
        if (state.Users.GetValueOrDefault(add.User) is { } there
            && (there.IsRemoved || there.Keys is not null || act.At <= there.Until))
            throw SecureUserDataException.Conflict(there switch
            {
                { IsRemoved: true } => "This user was removed: a user who comes back is a new one.",
                { Keys: not null } => "There is this user already, who has set up.",
                _ => "There is this user already, whose time to set up is not over.",
            });
        var skeleton = NameSkeleton.Of(Name(add.Name, "user"));
        foreach (var (id, other) in state.Users)
            if (id != add.User && !other.IsRemoved && other.Skeleton == skeleton)
                throw SecureUserDataException.Conflict(
                    "There is a user of this name already, or of one that looks like it: choose another.");
        var user = new LedgerUser(add.Name, add.IsAdministrator)
        {
            InvitationKey = add.InvitationKey, Until = add.Until,
        };
        return state with { Users = state.Users.SetItem(add.User, user) };
    }

    private static LedgerState SetUp(LedgerState state, SignedAct act, SetUpUser setUp, Signatures signatures)
    {
        if (state.Users.GetValueOrDefault(act.Signer) is not { IsRemoved: false, InvitationKey: { } key } user)
            throw SecureUserDataException.Denied("Nobody has invited this user, or not any more.");
        if (user.Keys is not null) throw SecureUserDataException.Conflict("This user has set up already.");
        if (act.At > user.Until)
            throw SecureUserDataException.Denied("The time to set up is over: ask an administrator to add you again.");
        CheckKeys(setUp.Keys, signatures);
        signatures.Demand(
            key, Invitation.Text(state.Vault, act.Signer, setUp.Keys), setUp.InvitationSignature, "the invitation");
        return state with { Users = state.Users.SetItem(act.Signer, user with { Keys = setUp.Keys }) };
    }

    private static LedgerState Remove(LedgerState state, SignedAct act, RemoveUser remove)
    {
        DemandAdministrator(state, act.Signer);
        var user = User(state, remove.User);
        DemandOtherAdministrator(state, remove.User);
        var groups = state.Groups.ToBuilder();
        foreach (var (id, group) in state.Groups)
        {
            if (group.IsRemoved || !group.Members.ContainsKey(remove.User)) continue;
            DemandOtherAdministrator(state, group, remove.User);
            groups[id] = group with
            {
                Members = group.Members.Remove(remove.User), NeedsNewKey = group.NeedsNewKey || user.Keys is not null,
            };
        }
        return state with
        {
            Users = state.Users.SetItem(remove.User, user with { IsRemoved = true }), Groups = groups.ToImmutable(),
        };
    }

    private static LedgerState Set(LedgerState state, SignedAct act, SetAdministrator set)
    {
        DemandAdministrator(state, act.Signer);
        var user = User(state, set.User);
        if (!set.IsAdministrator) DemandOtherAdministrator(state, set.User);
        return state with
        {
            Users = state.Users.SetItem(set.User, user with { IsAdministrator = set.IsAdministrator }),
        };
    }

    /// <summary>A name in its one form: another one for the same could be signed beside it.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/>.</exception>
    public static string Name(string name, string what) => VaultName.Check(name, what) == name
        ? name
        : throw SecureUserDataException.Invalid($"The name of a {what} is signed in Unicode's form C: normalise it.");

    private static LedgerUser User(LedgerState state, VaultUserId user) =>
        state.Users.GetValueOrDefault(user) is { IsRemoved: false } there
            ? there
            : throw new SecureUserDataException(
                ErrorCode.NotFound, "There is no such user in this vault, or not any more: list the users.");

    private static void DemandAdministrator(LedgerState state, VaultUserId user)
    {
        if (!state.IsAdministrator(user))
            throw SecureUserDataException.Denied("Only a global administrator of the vault may do this.");
    }

    private static void DemandOtherAdministrator(LedgerState state, VaultUserId user)
    {
        if (state.IsAdministrator(user)
            && !state.Users.Keys.Any(other => other != user && state.IsAdministrator(other)))
            throw SecureUserDataException.Conflict(
                "This is the vault's last global administrator: make somebody else one first.");
    }

    private static void CheckKeys(VaultKeys keys, Signatures signatures)
    {
        signatures.CheckKey(keys.Sealing);
        signatures.CheckKey(keys.Signing);
        if (keys.Sealing.AsSpan().SequenceEqual(keys.Signing))
            throw SecureUserDataException.Invalid("A user's two keys are different ones: make two.");
    }
}
