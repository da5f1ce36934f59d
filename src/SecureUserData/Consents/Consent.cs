using SecureUserData.Access;
using SecureUserData.Entities;
using SecureUserData.Ports;
using SecureUserData.Processing;
using SecureUserData.Users;

namespace SecureUserData.Consents;

/// <summary>The firewall between one user and one script. Nothing is stored before something is decided.</summary>
public class Consent : ApplicationEntity<ConsentState>, IConsent, IConsentInternals, IConsentErasure
{
    private readonly ConsentId _id;
    private bool _isWanted; // by anybody but a script that goes over all users

    /// <summary>Makes an activation.</summary>
    public Consent(ConsentId id, IStateSlot slot, IEntityContext context, DomainServices services)
        : base(id, slot, context, services, StateJson.Default.ConsentState) => _id = id;

    private ConsentDecision? Decision => State is { Decisions: [.., var newest] } ? newest : null;

    /// <summary>When what is given ends.</summary>
    private DateTimeOffset? Expires => Decision is { Status: ConsentStatus.Given } given ? given.Expires : null;

    private IUserInternals User => field ??= Context.Internal<IUserInternals>(_id.User);

    /// <inheritdoc/>
    public override async Task ActivateAsync()
    {
        await base.ActivateAsync();
        if (State is { IsErased: true }) return;
        if (await User.FindNewerDecisionAsync(_id.Script, Decision?.Sequence ?? 0) is not { } known) return;
        // A crash came between the log and the state: what is on record holds.
        var script = await Context.Internal<IScriptInternals>(_id.Script).DescribeAsync();
        await StoreAsync(known, script.View);
    }

    /// <inheritdoc/>
    public async Task<ConsentView> GetAsync() => View(await DemandUserAsync());

    /// <inheritdoc/>
    public async Task<ConsentView> GiveAsync(ConsentGrant grant)
    {
        var script = await DemandUserAsync();
        if (grant is null) throw SecureUserDataException.Invalid("The grant is missing.");
        if (grant.Notice != script.Notice)
            throw SecureUserDataException.Conflict("The script has changed since this notice: read the new one first.");
        if (!Enum.IsDefined(grant.Capacity)) throw SecureUserDataException.Invalid("The capacity is not one: name it.");
        if (grant.Expires <= Now) throw SecureUserDataException.Invalid("The consent would have expired already.");
        var fields = Within(grant.Fields, script.Text.Fields, "field");
        var given = new ConsentDecision(
            ConsentStatus.Given,
            script.Version,
            script.Notice,
            fields,
            Within(grant.Collections, script.Text.Collections, "collection"),
            grant.Capacity,
            Now,
            grant.Expires,
            Sequence: 0) { Masks = MaskScope.Of(fields, script.Text) };
        if (given.Fields.Count + given.Collections.Count == 0)
            throw SecureUserDataException.Invalid("The grant allows nothing: refuse instead, or name what is allowed.");
        // First: a wake-up in vain does nothing. One that is set already stays, in case this is not stored; when it
        // comes, it sets the next.
        if (Expires is null || grant.Expires < Expires) await Services.Ports.Wakeups.SetAsync(Name, grant.Expires);
        await DecideAsync(given, script);
        return View(script);
    }

    /// <inheritdoc/>
    public async Task<ConsentView> RefuseAsync()
    {
        var script = await DemandUserAsync();
        if (ConsentPolicy.Status(Now, Decision) == ConsentStatus.Refused) await DemandNewestAsync();
        else await DecideAsync(ConsentStatus.Refused, script);
        return View(script);
    }

    /// <inheritdoc/>
    public async Task<ConsentView> WithdrawAsync()
    {
        var script = await DemandUserAsync();
        if (ConsentPolicy.Status(Now, Decision) != ConsentStatus.Given)
            throw SecureUserDataException.Conflict("There is no given consent to withdraw.");
        await DecideAsync(ConsentStatus.Withdrawn, script);
        return View(script);
    }

    /// <inheritdoc/>
    public Task<Reading> ReadAsync(Selection selection)
    {
        Caller.Demand(CallerKind.Script);
        if (Caller.Script != _id.Script) throw SecureUserDataException.NotFound("consent");
        _isWanted = true;
        selection = Check(selection);
        return Decision is { } decision && decision.ScriptVersion < Caller.ScriptVersion
            ? RefreshAndReadAsync(selection)
            : ReadAsDecidedAsync(selection);
    }

    private async Task<Reading> RefreshAndReadAsync(Selection selection)
    {
        await RefreshAsync();
        return await ReadAsDecidedAsync(selection);
    }

    /// <inheritdoc/>
    public async Task<Reading?> TryReadAsync(Selection selection)
    {
        Caller.Demand(CallerKind.Script);
        if (Caller.Script != _id.Script) throw SecureUserDataException.NotFound("consent");
        if (!_isWanted) Context.RequestUnload(); // as in User.TryReleaseAsync
        try
        {
            if (Decision?.ScriptVersion < Caller.ScriptVersion) await RefreshAsync();
            return ConsentPolicy.Refuse(Now, Decision, Caller.ScriptVersion, selection) is null
                ? await UnlessBehindAsync(User.TryReleaseAsync(Request(selection)))
                : null;
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.Erased)
        {
            return null; // the user's erasure has begun and has not come to this consent yet
        }
    }

    private ReleaseRequest Request(Selection selection) =>
        new(selection, State?.Purpose, Decision?.Sequence ?? 0, Decision?.Masks);

    private Task<Reading> ReadAsDecidedAsync(Selection selection)
    {
        var request = Request(selection);
        return ConsentPolicy.Refuse(Now, Decision, Caller.ScriptVersion, selection) is { } refusal
            ? RefuseAsync(request, refusal)
            : UnlessBehindAsync(User.ReleaseAsync(request));
    }

    /// <summary>A decision that does not fit the user's chain was set back in the database, unless another activation
    /// of this consent has a newer one on record: then this one is only behind, and ends.</summary>
    private async Task<T> UnlessBehindAsync<T>(Task<T> release)
    {
        try
        {
            return await release;
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.Tampered)
        {
            await DemandNewestAsync();
            if (await User.FindNewerDecisionAsync(_id.Script, Decision?.Sequence ?? 0) is null) throw;
            Context.RequestUnload();
            throw Behind();
        }
    }

    private async Task<Reading> RefuseAsync(ReleaseRequest request, Refusal refusal)
    {
        await User.RecordRefusalAsync(request, refusal.Reason);
        throw SecureUserDataException.Denied(refusal.Message);
    }

    /// <summary>Puts an expiry on record when its time has come.</summary>
    public override async Task WakeAsync()
    {
        if (ConsentPolicy.Status(Now, Decision) != ConsentStatus.Expired || Decision!.Status != ConsentStatus.Given)
        {
            await DemandNewestAsync();
            if (Expires is { } later) await Services.Ports.Wakeups.SetAsync(Name, later);
            return;
        }
        var script = await RefreshAsync();
        if (Decision.Status == ConsentStatus.Given) await DecideAsync(ConsentStatus.Expired, script);
    }

    /// <inheritdoc/>
    public async Task EraseAsync()
    {
        if (State is not { IsErased: false } state)
        {
            await DemandNewestAsync();
            return;
        }
        await Services.Ports.Wakeups.SetAsync(Name, null);
        await SaveAsync(new ConsentState { App = state.App, Purpose = "", Decisions = [], IsErased = true });
    }

    private protected override IReadOnlyList<string> Tags(ConsentState state) =>
        state.Decisions is [.., { Status: ConsentStatus.Given }] ? [ConsentState.GivenTag(_id.Script)] : [];

    private async Task<ScriptView> DemandUserAsync()
    {
        Caller.Demand(CallerKind.User);
        if (Caller.User != _id.User) throw SecureUserDataException.NotFound("consent");
        if (State is { IsErased: true }) throw SecureUserDataException.Erased();
        _isWanted = true;
        return await RefreshAsync();
    }

    /// <summary>The script's version in force, after bringing an older decision to it.</summary>
    private async Task<ScriptView> RefreshAsync()
    {
        var script = await Context.Internal<IScriptInternals>(_id.Script).DescribeAsync();
        if (Decision is { } decision && decision.ScriptVersion < script.View.Version)
            await DecideAsync(ConsentPolicy.Carry(decision, script, Now), script.View);
        return script.View;
    }

    private Task DecideAsync(ConsentStatus status, ScriptView script) => DecideAsync(
        new ConsentDecision(
            status,
            script.Version,
            script.Notice,
            Fields: [],
            Collections: [],
            ConsentCapacity.DataSubject,
            Now,
            Expires: null,
            Sequence: 0),
        script);

    /// <summary>On record first, then stored.</summary>
    private async Task DecideAsync(ConsentDecision decision, ScriptView script)
    {
        var recording = User.RecordDecisionAsync(_id.Script, decision);
        await UnloadIfFails(recording);
        await StoreAsync(decision with { Sequence = await recording }, script);
    }

    private Task StoreAsync(ConsentDecision decision, ScriptView script) => SaveAsync(new ConsentState
    {
        App = script.App,
        Purpose = script.Text.Purpose,
        Decisions = [.. (State?.Decisions ?? []).TakeLast(Limits.ConsentHistory - 1), decision],
    });

    private ConsentView View(ScriptView script) => new(
        _id, ConsentPolicy.Status(Now, Decision), script, Decision, State is { } state ? [.. state.Decisions] : []);

    private static IReadOnlyList<string> Within(
        IReadOnlyList<string>? allowed, IReadOnlyList<string> asked, string what)
    {
        if (allowed is null) return asked;
        allowed = Names.CheckAll(allowed, what);
        if (allowed.Except(asked).Any())
            throw SecureUserDataException.Invalid(
                $"The grant names a {what} that the script does not ask for: leave it out.");
        return allowed;
    }

    private static Selection Check(Selection selection)
    {
        if (selection is null) throw SecureUserDataException.Invalid("The selection is missing.");
        selection = selection with { Fields = Names.CheckAll(selection.Fields, "field") };
        if (selection.Collection is { } collection) Names.Check(collection, "collection");
        Names.CheckLimit(selection.Limit);
        if (selection.Cursor is { } cursor) RecordId.Parse(cursor);
        if (selection.Fields.Count == 0 && selection.Collection is null)
            throw SecureUserDataException.Invalid("The selection is empty: name at least one field or a collection.");
        return selection;
    }
}
