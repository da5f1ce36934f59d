using System.Collections.Immutable;
using System.Globalization;
using SecureUserData.Access;
using SecureUserData.AccessLog;
using SecureUserData.Entities;
using SecureUserData.Ports;
using SecureUserData.Vault.Items;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault;

/// <summary>A vault's users and groups. It takes signed acts one after the other, and checks each by the rules that
/// clients check it by.</summary>
public partial class VaultDirectory : ApplicationEntity<VaultState>, IVault, IVaultInternals
{
    private readonly VaultId _id;
    private readonly Chain _chain;

    /// <summary>Makes an activation.</summary>
    public VaultDirectory(VaultId id, IStateSlot slot, IEntityContext context, DomainServices services)
        : base(id, slot, context, services, StateJson.Default.VaultState)
    {
        _id = id;
        _chain = new Chain(Name, id.App, services.Ports.Log, context, services.News);
    }

    /// <inheritdoc/>
    public override async Task ActivateAsync()
    {
        await base.ActivateAsync();
        if (State is not { } state) return;
        using var lease = await RentKeysAsync(state.App);
        await _chain.ReconcileAsync(state.LastSequence, lease.Keys.Log, () => SaveAsync(state), Now);
    }

    /// <inheritdoc/>
    public async Task InitializeAsync(VaultFounder founder, bool areOperators)
    {
        if (State is not null && (State.Founder is not { } other || Now <= other.Until))
            throw SecureUserDataException.Conflict("The vault has been founded, or somebody has time yet to do it.");
        var state = new VaultState
        {
            App = _id.App, Founder = founder, AreOperators = areOperators, Ledger = new LedgerState(_id),
        };
        await SaveAsync(state, Activity.VaultChanged, "invite-founder", $"{founder.User}");
    }

    /// <inheritdoc/>
    public Task<VaultHead> GetHeadAsync()
    {
        var state = Demand();
        DemandKnown(state);
        return Task.FromResult(state.Ledger.Head);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Signed>> ListActsAsync(long after = 0, int limit = 100)
    {
        var state = Demand();
        DemandKnown(state);
        var newest = state.Ledger.Head.Sequence;
        Names.CheckLimit(limit);
        if (after < 0) throw SecureUserDataException.Invalid("Acts begin after 0: pass 0 or an act's number.");
        var acts = new List<Signed>();
        while (acts.Count < limit && after < newest)
        {
            if (after + 1 == newest && state.Newest is { } last)
            {
                acts.Add(last);
                break;
            }
            var first = after / VaultShelfId.Acts * VaultShelfId.Acts; // the last act on the shelf before
            var shelf = await Shelf(VaultShelfId.OfActs(_id, after + 1)).ListAsync();
            var most = (int)Math.Min(limit - acts.Count, newest - after);
            var part = shelf.Skip((int)(after - first)).Take(most).ToList();
            if (part.Count == 0) throw SecureUserDataException.Tampered($"act {after + 1} of {Name}");
            acts.AddRange(part.Select(act => act.Signed));
            after += part.Count;
        }
        return acts;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<VaultGroupName>> ListGroupNamesAsync()
    {
        var state = Demand();
        var caller = Active(state);
        return Task.FromResult<IReadOnlyList<VaultGroupName>>(
        [
            .. state.Names.Where(name => state.Ledger.Groups.GetValueOrDefault(name.Group) is { IsRemoved: false } group
                && (!group.IsHidden || group.Members.ContainsKey(caller) || state.Ledger.IsAdministrator(caller))),
        ]);
    }

    /// <inheritdoc/>
    public async Task<VaultHead> AppendAsync(VaultChange change)
    {
        var state = Demand();
        if (change?.Act is not { Body: not null, Signature: not null } || change.Seals is null
            || change.Act.Body.Length > VaultLimits.SignedBytes || !change.Seals.All(VaultWholeness.IsWhole))
            throw SecureUserDataException.Invalid("The act is missing, or too long: sign one.");
        var act = SignedAct.Read(change.Act.Body);
        if (act.Act is PutItem) throw SecureUserDataException.Invalid("An act on an item is put to that item.");
        if ($"{act.Signer}" != Caller.Id)
            throw SecureUserDataException.Denied("Everybody signs for himself: sign in as the signer.");
        CheckTime(state, act);
        var ledger = VaultLedger.Apply(state.Ledger, change.Act, Services.Signatures);
        var names = state.Names;
        if (act.Act is AddGroup or PutGroup) names = Named(state, act.Act, change.Name);
        if (act.Act is RemoveGroup remove) await DemandEmptyAsync(remove.Group);
        var seals = new GroupKeySeals(ledger, act.Signer, Services.Signatures).Check(act.Act, change.Seals);
        await KnownAct.DemandAsync(seals, FindAsync);
        return await AppendAsync(
            state with
            {
                Ledger = ledger,
                Names = names,
                Waiting = Waiting(state, act.Act, seals.Count > 0),
                Founder = act.Act is FoundVault ? null : state.Founder,
            },
            change.Act,
            act.Act,
            [.. change.Seals]);
    }

    /// <inheritdoc/>
    public async Task<VaultHead?> FindAsync(long sequence)
    {
        var newest = Demand().Ledger.Head;
        if (sequence < 1 || sequence > newest.Sequence) return null;
        return sequence == newest.Sequence
            ? newest
            : SignedAct.Read((await ListActsAsync(sequence, limit: 1))[0].Body).After;
    }

    /// <summary>What is in the chain by now goes to its shelves; what is new is in the chain when the state is stored.
    /// </summary>
    private async Task<VaultHead> AppendAsync(
        VaultState next, Signed signed, VaultAct act, ImmutableArray<Signed> seals)
    {
        if (State is { Newest: { } newest, Ledger.Head.Sequence: var sequence })
            await Shelf(VaultShelfId.OfActs(_id, sequence)).PutAsync([new Shelved(Number(sequence), newest)]);
        foreach (var shelf in Read(next.NewestSeals).GroupBy(seal => seal.Seal.Group))
            await Shelf(VaultShelfId.OfKeys(_id, shelf.Key)).PutAsync(
                [.. shelf.Select(seal => new Shelved(NameOf(seal.Seal), seal.Signed))]);
        await SaveAsync(next with { Newest = signed, NewestSeals = seals }, Activity.VaultChanged, act.Summary());
        return next.Ledger.Head;
    }

    private static IEnumerable<(Seal Seal, Signed Signed)> Read(ImmutableArray<Signed> seals) =>
        seals.Select(signed => (Seal.Read(signed.Body), signed));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Signed>> GetGroupKeysAsync(VaultGroupId group)
    {
        var state = Demand();
        var caller = Active(state);
        if (!state.Ledger.Group(group).Members.ContainsKey(caller))
            throw SecureUserDataException.Denied("Only a member of the group has its key.");
        await AppendAsync(Activity.VaultKeyHandedOut, $"group/{group}");
        var seals = await Shelf(VaultShelfId.OfKeys(_id, group)).ListAsync();
        return
        [
            .. seals.Where(seal => seal.Name.EndsWith($"/{caller}", StringComparison.Ordinal))
                .Select(seal => seal.Signed),
            .. Read(state.NewestSeals).Where(seal => seal.Seal.Group == group && seal.Seal.Subject == $"{caller}")
                .Select(seal => seal.Signed),
        ];
    }

    /// <inheritdoc/>
    public async Task AddGroupKeysAsync(VaultGroupId group, IReadOnlyList<Signed> seals)
    {
        var state = Demand();
        if (seals is null || !seals.All(VaultWholeness.IsWhole))
            throw SecureUserDataException.Invalid("A seal is missing, or too long: sign what is to be stored.");
        var read = new GroupKeySeals(state.Ledger, Active(state), Services.Signatures).Check(group, seals);
        var members = read.Select(seal => new VaultMember(group, VaultUserId.Parse(seal.Subject))).Distinct().ToList();
        if (members.Except(state.Waiting).Any())
            throw SecureUserDataException.Conflict("The member has this key by now.");
        await KnownAct.DemandAsync(read, FindAsync);
        await SaveAsync(
            state with
            {
                Waiting = state.Waiting.RemoveRange(members), NewestSeals = state.NewestSeals.AddRange(seals),
            },
            Activity.VaultKeyHandedOn,
            [$"group/{group}", .. members.Select(member => $"{member.User}")]);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<VaultMember>> ListWaitingAsync()
    {
        var state = Demand();
        var caller = Active(state);
        return Task.FromResult<IReadOnlyList<VaultMember>>(
        [
            .. state.Waiting.Where(waiting => state.Ledger.IsInOneOf(caller, [waiting.Group])
                && state.Ledger.IsInOneOf(waiting.User, [waiting.Group])),
        ]);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AccessLogEntry>> ReadLogAsync(long after = 0, int limit = 100)
    {
        var state = Demand();
        if (!state.Ledger.IsAdministrator(Active(state)))
            throw SecureUserDataException.Denied("Only a global administrator reads the vault's log.");
        using var lease = await RentKeysAsync(state.App);
        return await _chain.ReadAsync(after, limit, lease.Keys.Log);
    }

    private protected override IReadOnlyList<string> Tags(VaultState state) => [VaultTags.All(state.App)];

    private VaultState Demand()
    {
        Caller.Demand(CallerKind.VaultUser);
        return State is { } state && Caller.App == _id.App ? state : throw SecureUserDataException.NotFound("vault");
    }

    /// <summary>The caller, who has set up and was not removed since the sign-in.</summary>
    private VaultUserId Active(VaultState state) =>
        VaultUserId.TryParse(Caller.Id, out var user) && state.Ledger.Active(user) is not null
            ? user
            : throw SecureUserDataException.Denied("You are no user of this vault, or have not set up: set up first.");

    /// <summary>Demands somebody who is invited or has set up: who is about to set up verifies the vault first.
    /// </summary>
    private void DemandKnown(VaultState state)
    {
        if (VaultUserId.TryParse(Caller.Id, out var user)
            && (state.Founder?.User == user || state.Ledger.Users.GetValueOrDefault(user) is { IsRemoved: false }))
            return;
        throw SecureUserDataException.Denied("You are no user of this vault, or not any more.");
    }

    private IVaultShelfInternals Shelf(VaultShelfId id) => Context.Internal<IVaultShelfInternals>(id);

    private static string NameOf(Seal seal) => $"{Number(seal.KeyVersion)}/{seal.Subject}";

    private static string Number(long number) => number.ToString("D19", CultureInfo.InvariantCulture);
}
