using SecureUserData.Access;
using SecureUserData.AccessLog;
using SecureUserData.Entities;
using SecureUserData.Ports;
using SecureUserData.Vault.Items;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault;

/// <summary>A customer, a machine or a service of a vault.</summary>
public class VaultItem : ApplicationEntity<VaultItemState>, IVaultItem
{
    private const int Listed = 20;

    /// <summary>Changes whose end is not known yet; more of them wait.</summary>
    private const int Undecided = 16;

    private readonly VaultItemId _id;
    private Chain? _chain;

    /// <summary>Makes an activation.</summary>
    public VaultItem(VaultItemId id, IStateSlot slot, IEntityContext context, DomainServices services)
        : base(id, slot, context, services, StateJson.Default.VaultItemState) => _id = id;

    /// <inheritdoc/>
    public override async Task ActivateAsync()
    {
        await base.ActivateAsync();
        if (State is not { } state) return;
        using var lease = await RentKeysAsync(state.App);
        _chain = NewChain(state.App);
        await _chain.ReconcileAsync(state.LastSequence, lease.Keys.Log, () => SaveAsync(state), Now);
    }

    /// <inheritdoc/>
    public async Task<VaultHead> PutAsync(VaultItemChange change)
    {
        Caller.Demand(CallerKind.VaultUser);
        if (State is not null || change?.Act is null) Own(); // nothing else begins an item
        VaultWholeness.CheckWhole(change);
        await SettleAsync();
        return change!.Act is { } act ? await ActAsync(Caller.App!.Value, act, change) : await SealAsync(change.Seals);
    }

    /// <summary>Announces what the item becomes, appends the act to the vault's chain, and only then lets it be so.
    /// </summary>
    private async Task<VaultHead> ActAsync(AppId app, Signed signed, VaultItemChange change)
    {
        var act = SignedAct.Read(signed.Body);
        if (act.Act is not PutItem put || put.Item != _id)
            throw SecureUserDataException.Invalid("That was signed for another item.");
        if ($"{act.Signer}" != Caller.Id)
            throw SecureUserDataException.Denied("Everybody signs for himself: sign in as the signer.");
        if (put.Content?.IsPlain == false)
            throw SecureUserDataException.Invalid(
                "A text holds a control or format character: write plain text on one line.");
        var before = State?.Item;
        var (caller, ledger) = await ActiveAsync(
            app, [.. before?.Item.Content.Groups ?? [], .. put.Content?.Groups ?? []]);
        if (before is not null) ledger = ledger with { Items = ledger.Items.Add(_id, before.Item) };
        var after = VaultLedger.Apply(ledger, signed, Services.Signatures);
        var item = after.Items[_id];
        CheckTimes([act.At]);
        await CheckAsync(app, ledger.Head, change.Seals);
        var next = new ItemSeals(after, item, caller, Services.Signatures)
            .Apply(before?.Texts ?? [], change.Texts, change.Seals);
        var stored = new StoredItems(Services, app, Context, Vault(app).FindAsync);
        await stored.DemandLinksAsync(_id, before?.Item.Content, item.Content);
        if (item.Content.IsRemoved) await DemandNobodyNamesItAsync(app, stored);
        var state = State ?? new VaultItemState { App = app };
        if (state.Pending.Length == Undecided)
            throw SecureUserDataException.Conflict("Nobody knows yet what became of changes before: try again.");
        await SaveAsync(
            entry => state with { Pending = state.Pending.Add(new PendingItem(next, after.Head, entry)) },
            Names(put, change.Seals));
        try
        {
            return await Vault(app).AppendItemAsync(signed);
        }
        finally
        {
            await SettleAsync();
        }
    }

    /// <summary>Takes seals to keys that groups have had since.</summary>
    private async Task<VaultHead> SealAsync(IReadOnlyList<Signed> seals)
    {
        var state = Own();
        var item = Kept(state);
        if (state.Pending.Length > 0) // which would take the place of what is sealed now
            throw SecureUserDataException.Conflict("Nobody knows yet what became of a change before: try again.");
        var (caller, ledger) = await ActiveAsync(state.App, item.Item.Content.Groups);
        if (!ledger.IsInOneOf(caller, item.Item.Content.Groups))
            throw SecureUserDataException.Denied("Only a member of one of its groups may change what is sealed in it.");
        await CheckAsync(state.App, ledger.Head, seals);
        var next = new ItemSeals(ledger, item.Item, caller, Services.Signatures).Apply(item.Texts, [], seals);
        await SaveAsync(_ => state with { Item = next }, Names(null, seals));
        return ledger.Head;
    }

    /// <summary>Makes the item what it became by an act that is in the vault's chain by now. A change whose place
    /// another act has taken will never be.</summary>
    private async Task SettleAsync()
    {
        foreach (var pending in State?.Pending ?? [])
        {
            if (await Vault(State!.App).FindAsync(pending.Head.Sequence) is not { } head) continue;
            var isThere = head.IsSame(pending.Head);
            if (!isThere)
            {
                using var lease = await RentKeysAsync(State.App);
                await _chain!.RejectAsync(pending.Entry, Now, lease.Keys.Log);
            }
            await SaveAsync(State with
            {
                Item = isThere ? pending.Item : State.Item, Pending = State.Pending.Remove(pending),
            });
        }
    }

    /// <inheritdoc/>
    public async Task<VaultText> GetTextAsync(VaultTextKind kind, long version)
    {
        var (state, item, caller, ledger) = await ReadAsync();
        if (!ledger.IsInOneOf(caller, item.Item.Content.Groups))
            throw SecureUserDataException.Denied("Only a member of one of its groups reads what is sealed in it.");
        var text = item.Texts.FirstOrDefault(text => text.Kind == kind && text.Version == version)
            ?? throw new SecureUserDataException(
                ErrorCode.NotFound, "There is no such version of it, or not any more: list its versions.");
        await AppendAsync(state.App, Activity.VaultTextHandedOut, TextName(kind, version));
        return new VaultText(
            text.Ciphertext,
            [.. text.Seals.Where(seal => ledger.IsInOneOf(caller, [seal.Group])).Select(seal => seal.Seal)]);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Signed>> GetSealsAsync(VaultGroupId group)
    {
        var (state, item, caller, ledger) = await ReadAsync();
        if (!item.Item.Content.Groups.Contains(group) || !ledger.IsInOneOf(caller, [group]))
            throw SecureUserDataException.Denied("Only a member of the group has what is sealed to it.");
        await AppendAsync(state.App, Activity.VaultTextHandedOut, $"sealed/{group}");
        return [.. item.Texts.SelectMany(text => text.Seals).Where(seal => seal.Group == group)
            .Select(seal => seal.Seal)];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AccessLogEntry>> ReadLogAsync(long after = 0, int limit = 100)
    {
        var (state, item, caller, ledger) = await ReadAsync();
        if (!ledger.IsInOneOf(caller, item.Item.Content.Groups) && !ledger.IsAdministrator(caller))
            throw SecureUserDataException.Denied(
                "Only a member of one of its groups, or a global administrator, reads its log.");
        using var lease = await RentKeysAsync(state.App);
        return await _chain!.ReadAsync(after, limit, lease.Keys.Log);
    }

    /// <summary>Of what is announced, too: it may be so already, which <see cref="StoredItems"/> finds out.</summary>
    private protected override IReadOnlyList<string> Tags(VaultItemState state)
    {
        var tags = new SortedSet<string>(StringComparer.Ordinal) { VaultTags.All(state.App) };
        foreach (var item in state.Pending.Select(pending => pending.Item).Prepend(state.Item).OfType<KeptItem>())
        {
            var content = item.Item.Content;
            if (content.IsRemoved) continue;
            tags.UnionWith(content.Groups.Select(group => VaultTags.In(state.App, group)));
            tags.UnionWith(item.Sealed().Select(seal => VaultTags.Sealed(state.App, seal.Group, seal.KeyVersion)));
            tags.UnionWith(new[] { content.Customer, content.Machine, content.Parent }.OfType<VaultItemId>()
                .Select(named => VaultTags.Naming(state.App, named)));
        }
        return [.. tags];
    }

    /// <summary>The item, and who wants to read of it.</summary>
    private async Task<(VaultItemState State, KeptItem Item, VaultUserId Caller, LedgerState Ledger)> ReadAsync()
    {
        Own();
        await SettleAsync();
        var state = Own();
        var item = Kept(state);
        var (caller, ledger) = await ActiveAsync(state.App, item.Item.Content.Groups);
        return (state, item, caller, ledger);
    }

    private static KeptItem Kept(VaultItemState state) =>
        state.Item ?? throw SecureUserDataException.NotFound("customer, machine or service");

    private VaultItemState Own()
    {
        Caller.Demand(CallerKind.VaultUser);
        return State is { } state && state.App == Caller.App
            ? state
            : throw SecureUserDataException.NotFound("customer, machine or service");
    }

    /// <summary>The caller, who has set up and was not removed since the sign-in, and the groups as they are now.
    /// </summary>
    private async Task<(VaultUserId Caller, LedgerState Ledger)> ActiveAsync(
        AppId app, IReadOnlyList<VaultGroupId> groups)
    {
        var caller = VaultUserId.Parse(Caller.Id);
        var ledger = await Vault(app).ExcerptAsync([caller], groups);
        return ledger.Active(caller) is not null
            ? (caller, ledger)
            : throw SecureUserDataException.Denied("You are no user of this vault, or have not set up: set up first.");
    }

    /// <summary>The server's own part of the rules of seals: they were signed just now, and by who knows this chain.
    /// </summary>
    private async Task CheckAsync(AppId app, VaultHead newest, IReadOnlyList<Signed> seals)
    {
        var read = seals.Select(seal => Seal.Read(seal.Body)).ToList();
        CheckTimes(read.Select(seal => seal.At));
        await KnownAct.DemandAsync(read, sequence => sequence == newest.Sequence
            ? Task.FromResult<VaultHead?>(newest)
            : Vault(app).FindAsync(sequence));
    }

    private void CheckTimes(IEnumerable<DateTimeOffset> times)
    {
        if (times.Any(time => (time - Now).Duration() > VaultLimits.ClockTolerance))
            throw SecureUserDataException.Invalid(
                "This was signed at another time than now: check the clock of this machine.");
    }

    private async Task DemandNobodyNamesItAsync(AppId app, StoredItems stored)
    {
        var naming = await stored.ListAsync(
            VaultTags.Naming(app, _id),
            Listed + 1,
            content => content.Customer == _id || content.Machine == _id || content.Parent == _id);
        if (naming.Count > 0)
            throw SecureUserDataException.Conflict(
                $"Others need it, delete them first: {string.Join(", ", naming.Take(Listed))}"
                + (naming.Count > Listed ? " and others." : "."));
    }

    private static string[] Names(PutItem? put, IReadOnlyList<Signed> seals) =>
    [
        .. put?.Content is { } content ? [content.IsRemoved ? "removed" : "record"] : Array.Empty<string>(),
        .. put?.Texts.Select(text => TextName(text.Kind, text.Version)) ?? [],
        .. seals.Select(seal => $"sealed/{Seal.Read(seal.Body).Group}").Distinct(),
    ];

    private static string TextName(VaultTextKind kind, long version) => $"{kind}/{version}".ToLowerInvariant();

    private async Task SaveAsync(Func<long, VaultItemState> next, string[] names)
    {
        var app = Caller.App!.Value;
        _chain ??= NewChain(app);
        using var lease = await RentKeysAsync(app);
        var row = _chain.Next(Entry(Activity.VaultItemChanged, names), lease.Keys.Log);
        await SaveAsync(next(row.Sequence) with { LastSequence = row.Sequence }, row);
        _chain.Appended(row, isChange: true);
    }

    private async Task AppendAsync(AppId app, Activity activity, params string[] names)
    {
        using var lease = await RentKeysAsync(app);
        await _chain!.AppendAsync(Entry(activity, names), lease.Keys.Log);
    }

    private LogEntry Entry(Activity activity, string[] names) => new()
    {
        Actor = Caller.Id, At = Now.ToUnixTimeMilliseconds(), Activity = activity, Names = names,
    };

    private IVaultInternals Vault(AppId app) => Context.Internal<IVaultInternals>(new VaultId(app));

    private Chain NewChain(AppId app) => new(Name, app, Services.Ports.Log, Context, Services.News);
}
