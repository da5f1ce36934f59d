using System.Collections.Immutable;
using SecureUserData.Access;
using SecureUserData.AccessLog;
using SecureUserData.Vault.Ledger;
using SecureUserData.Vault.Naming;

namespace SecureUserData.Vault;

// What only a server can check, and signing in.
public partial class VaultDirectory
{
    private readonly Challenges _challenges = new();

    /// <inheritdoc/>
    public Task<byte[]> ChallengeAsync(VaultUserId user, byte[] clientNonce) => clientNonce is
        {
            Length: VaultSignIn.NonceLength,
        }
        ? Task.FromResult(_challenges.Next(user, clientNonce, Now))
        : throw SecureUserDataException.Invalid($"A nonce has {VaultSignIn.NonceLength} bytes: draw them at random.");

    /// <inheritdoc/>
    public Task<Caller> SignInAsync(VaultSignIn answer)
    {
        if (answer is { ClientNonce: not null, ServerNonce: not null, Signature: not null }
            && answer.Vault == _id
            && SignInKey(answer.User) is { } key
            && _challenges.IsOpen(answer, Now)
            && Services.Signatures.Verify(key, SignInText.Of(answer), answer.Signature)
            && _challenges.Close(answer))
            return Task.FromResult(new Caller(CallerKind.VaultUser, $"{answer.User}", _id.App)
            {
                IsOperator = State is { AreOperators: true } state && state.Ledger.IsAdministrator(answer.User),
            });
        throw SecureUserDataException.Denied(
            "The sign-in is refused: check the vault, the user and the key file, and answer within "
            + $"{VaultLimits.ChallengeTime.TotalSeconds:0} seconds.");
    }

    /// <summary>Who has set up signs in with the own key, and before that with the invitation.</summary>
    private byte[]? SignInKey(VaultUserId user)
    {
        if (State?.Founder is { } founder)
            return founder.User == user && Now <= founder.Until ? founder.InvitationKey : null;
        return State?.Ledger.Users.GetValueOrDefault(user) switch
        {
            { IsRemoved: false, Keys: { } keys } => keys.Signing,
            { IsRemoved: false, InvitationKey: { } key } invited when Now <= invited.Until => key,
            _ => null,
        };
    }

    /// <summary>A signer's clock is about right, and times to set up are over by the server's: clients can only see
    /// what is signed.</summary>
    private void CheckTime(VaultState state, SignedAct act)
    {
        if ((act.At - Now).Duration() > VaultLimits.ClockTolerance)
            throw SecureUserDataException.Invalid(
                "The act was signed at another time than now: check the clock of this machine.");
        var until = act.Act switch
        {
            FoundVault => state.Founder?.Until ?? DateTimeOffset.MaxValue,
            SetUpUser => state.Ledger.Users.GetValueOrDefault(act.Signer)?.Until ?? DateTimeOffset.MaxValue,
            _ => DateTimeOffset.MaxValue,
        };
        if (Now > until)
            throw SecureUserDataException.Denied("The time to set up is over: ask an administrator to add you again.");
        if (act.Act is AddUser add && add.Until > Now + VaultLimits.LongestSetUpTime)
            throw SecureUserDataException.Invalid(
                $"A user has {VaultLimits.LongestSetUpTime.TotalDays:0} days at the most to set up: give fewer.");
    }

    private static ImmutableArray<VaultGroupName> Named(VaultState state, VaultAct act, VaultGroupName? name)
    {
        var (group, hash) = act switch
        {
            AddGroup add => (add.Group, add.NameHash),
            PutGroup put => (put.Group, put.NameHash),
            _ => throw new ArgumentOutOfRangeException(nameof(act)),
        };
        if (name is not { Salt: not null, Name: not null } || name.Group != group || !GroupNames.Is(name, hash))
            throw SecureUserDataException.Invalid("The group's name is not the one that was signed.");
        var skeleton = NameSkeleton.Of(VaultLedger.Name(name.Name, "group"));
        var others = state.Names.Where(other => other.Group != group).ToImmutableArray();
        if (others.Any(other => state.Ledger.Groups[other.Group] is { IsRemoved: false }
            && NameSkeleton.Of(other.Name) == skeleton))
            throw SecureUserDataException.Conflict(
                "There is a group of this name already, or of one that looks like it: choose another.");
        return others.Add(name);
    }

    /// <summary>Who is a member without having the group's key: it is handed on later.</summary>
    private static ImmutableArray<VaultMember> Waiting(VaultState state, VaultAct act, bool hasKeys) => act switch
    {
        SetMember set when !state.Ledger.Group(set.Group).Members.ContainsKey(set.User) && !hasKeys =>
            state.Waiting.Add(new VaultMember(set.Group, set.User)),
        RemoveMember remove => state.Waiting.Remove(new VaultMember(remove.Group, remove.User)),
        RemoveUser remove => state.Waiting.RemoveAll(waiting => waiting.User == remove.User),
        RemoveGroup remove => state.Waiting.RemoveAll(waiting => waiting.Group == remove.Group),
        _ => state.Waiting,
    };

    private async Task DemandEmptyAsync(VaultGroupId group)
    {
        var left = await new StoredItems(Services, _id.App, Context, FindAsync).ListAsync(
            VaultTags.In(_id.App, group), Listed + 1, content => content.Groups.Contains(group));
        if (left.Count > 0)
            throw SecureUserDataException.Conflict(
                $"The group is not empty: take out of it first {string.Join(", ", left.Take(Listed))}"
                + (left.Count > Listed ? " and others." : "."));
    }

    private const int Listed = 20;

    private async Task SaveAsync(VaultState next, Activity activity, params string[] names)
    {
        using var lease = await RentKeysAsync(_id.App);
        var row = _chain.Next(Entry(activity, names), lease.Keys.Log);
        await SaveAsync(next with { LastSequence = row.Sequence }, row);
        _chain.Appended(row, isChange: true);
    }

    private async Task AppendAsync(Activity activity, params string[] names)
    {
        using var lease = await RentKeysAsync(_id.App);
        await _chain.AppendAsync(Entry(activity, names), lease.Keys.Log);
    }

    private LogEntry Entry(Activity activity, string[] names) => new()
    {
        Actor = Caller.Id, At = Now.ToUnixTimeMilliseconds(), Activity = activity, Names = names,
    };
}
