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

    private readonly VaultItemId _id;
    private readonly Signatures _signatures = new();
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
    public async Task<VaultItemView> GetAsync()
    {
        var state = Own();
        await ActiveAsync(state.App, []);
        return VaultItemViews.Of(_id, state.Item);
    }

    /// <inheritdoc/>
    public async Task<VaultItemView> PutAsync(VaultItemChange change)
    {
        Caller.Demand(CallerKind.VaultUser);
        VaultItemViews.CheckWhole(change);
        var app = Caller.App!.Value;
        var state = State is null && change.Record is not null ? null : Own(); // nothing else begins an item
        var before = state is null ? null : ItemRecord.Read(state.Item.Record.Body).Content;
        var after = change.Record is { } record ? ItemRecord.Read(record.Body).Content : before;
        var (caller, ledger) = await ActiveAsync(app, [.. before?.Groups ?? [], .. after?.Groups ?? []]);
        CheckTime(change);
        var next = new ItemRules(ledger, _id, _signatures).Apply(state?.Item, change, caller);
        var stored = new StoredItems(Services, app, Context);
        if (change.Record is not null) await stored.DemandLinksAsync(_id, before, after!);
        if (after!.IsRemoved) await DemandNobodyNamesItAsync(app);
        await SaveAsync(new VaultItemState { App = app, Item = next }, Names(change, after));
        return VaultItemViews.Of(_id, next);
    }

    /// <inheritdoc/>
    public async Task<VaultText> GetTextAsync(VaultTextKind kind, long version = 0)
    {
        var state = Own();
        var groups = ItemRecord.Read(state.Item.Record.Body).Content.Groups;
        var (caller, ledger) = await ActiveAsync(state.App, groups);
        if (!ledger.IsInOneOf(caller, groups))
            throw SecureUserDataException.Denied("Only a member of one of its groups reads what is sealed in it.");
        var text = version == 0
            ? state.Item.Newest(kind)
            : state.Item.Texts.FirstOrDefault(text => text.Kind == kind && text.Version == version);
        if (text is null)
            throw new SecureUserDataException(
                ErrorCode.NotFound, "There is no such version of it, or not any more: list its versions.");
        await AppendAsync(state.App, Activity.VaultTextHandedOut, $"{kind}/{text.Version}".ToLowerInvariant());
        return new VaultText(
            text.Text,
            text.Ciphertext,
            [.. text.Seals.Where(seal => ledger.IsInOneOf(caller, [seal.Group])).Select(seal => seal.Seal)]);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Signed>> ListTextsAsync(VaultTextKind kind)
    {
        var state = Own();
        await ActiveAsync(state.App, []);
        return [.. state.Item.Texts.Where(text => text.Kind == kind).Select(text => text.Text)];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AccessLogEntry>> ReadLogAsync(long after = 0, int limit = 100)
    {
        var state = Own();
        var groups = ItemRecord.Read(state.Item.Record.Body).Content.Groups;
        var (caller, ledger) = await ActiveAsync(state.App, groups);
        if (!ledger.IsInOneOf(caller, groups) && !ledger.IsAdministrator(caller))
            throw SecureUserDataException.Denied(
                "Only a member of one of its groups, or a global administrator, reads its log.");
        using var lease = await RentKeysAsync(state.App);
        return await _chain!.ReadAsync(after, limit, lease.Keys.Log);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _signatures.Dispose();
    }

    private protected override IReadOnlyList<string> Tags(VaultItemState state)
    {
        var content = ItemRecord.Read(state.Item.Record.Body).Content;
        if (content.IsRemoved) return [VaultTags.All(state.App)];
        return
        [
            VaultTags.All(state.App),
            VaultTags.Of(state.App, _id.Kind),
            .. content.Groups.Select(group => VaultTags.In(state.App, group)),
            .. new[] { content.Customer, content.Machine, content.Parent }.OfType<VaultItemId>()
                .Select(item => VaultTags.Naming(state.App, item)),
        ];
    }

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
        var ledger = await Context.Internal<IVaultInternals>(new VaultId(app)).ExcerptAsync([caller], groups);
        return ledger.Active(caller) is not null
            ? (caller, ledger)
            : throw SecureUserDataException.Denied("You are no user of this vault, or have not set up: set up first.");
    }

    private void CheckTime(VaultItemChange change)
    {
        var times = change.Texts.Select(text => SealedText.Read(text.Text.Body).At)
            .Concat(change.Seals.Select(seal => Seal.Read(seal.Body).At))
            .Concat(change.Record is { } record ? [ItemRecord.Read(record.Body).At] : Array.Empty<DateTimeOffset>());
        if (times.Any(time => (time - Now).Duration() > VaultLimits.ClockTolerance))
            throw SecureUserDataException.Invalid(
                "This was signed at another time than now: check the clock of this machine.");
    }

    private async Task DemandNobodyNamesItAsync(AppId app)
    {
        var naming = await Services.Ports.States.FindIdsAsync(VaultTags.Naming(app, _id), null, Listed + 1);
        if (naming.Count > 0)
            throw SecureUserDataException.Conflict(
                $"Others need it, delete them first: {string.Join(", ", naming.Take(Listed))}"
                + (naming.Count > Listed ? " and others." : "."));
    }

    private static string[] Names(VaultItemChange change, ItemContent after) =>
    [
        .. change.Record is null ? Array.Empty<string>() : [after.IsRemoved ? "removed" : "record"],
        .. change.Texts.Select(text => SealedText.Read(text.Text.Body))
            .Select(text => $"{text.Kind}/{text.Version}".ToLowerInvariant()),
        .. change.Seals.Select(seal => $"sealed/{Seal.Read(seal.Body).Group}").Distinct(),
    ];

    private async Task SaveAsync(VaultItemState next, string[] names)
    {
        _chain ??= NewChain(next.App);
        using var lease = await RentKeysAsync(next.App);
        var row = _chain.Next(Entry(Activity.VaultItemChanged, names), lease.Keys.Log);
        await SaveAsync(next with { LastSequence = row.Sequence }, row);
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

    private Chain NewChain(AppId app) => new(Name, app, Services.Ports.Log, Context, Services.News);
}
