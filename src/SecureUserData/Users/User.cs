using System.Collections.Immutable;
using SecureUserData.Access;
using SecureUserData.AccessLog;
using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Entities;
using SecureUserData.Ports;
using SecureUserData.Rotation;

namespace SecureUserData.Users;

/// <summary>A user, the data subject. The user's key is decrypted only while the entity is active, and every call that
/// reads or changes data is in the user's chain of the access log before it does.</summary>
public partial class User
    : ApplicationEntity<UserState>, IUser, IUserInternals, IUserErasure, IUserRotation, ICredentialHolder
{
    private readonly UserId _id;
    private readonly RefusalTally _refusals = new();
    private ImmutableArray<DecisionPointer> _decisions = []; // the state's own, and what it does not know yet
    private Chain? _chain;
    private VersionedKeys? _keys;
    private Envelope? _envelope;
    private string _app = "";
    private KeyUses _uses = new(0);
    private bool _isWanted; // by anybody but a script that goes over all users

    /// <summary>Makes an activation.</summary>
    public User(UserId id, IStateSlot slot, IEntityContext context, DomainServices services)
        : base(id, slot, context, services, StateJson.Default.UserState) => _id = id;

    /// <inheritdoc/>
    public override async Task ActivateAsync()
    {
        await base.ActivateAsync();
        if (State is not { } state) return;
        using var lease = await RentKeysAsync(state.App);
        if (state.Erased is null) Hold(UserKey.Unwrap(state, Name, lease.Keys), lease.Keys);
        _uses = new KeyUses(state.KeyUses);
        _chain = ChainOf(state.App);
        _chain.Expiry = state.LogExpiry ?? LogExpiry.None;
        await _chain.LoadAsync(lease.Keys.Log);
        if (state.LastSequence > _chain.Sequence) throw SecureUserDataException.Tampered($"the access log of {Name}");
        await ReconcileAsync(state, lease.Keys.Log);
    }

    /// <inheritdoc/>
    public override async Task UnloadAsync()
    {
        if (_chain is not null && _refusals.Take(Now) is { } counted) await AppendAsync(counted);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _envelope?.Dispose();
        _keys?.Dispose();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AccessLogEntry>> ReadLogAsync(long after = 0, int limit = 100)
    {
        var state = Demand(CallerKind.User);
        if (_refusals.Take(Now) is { } counted) await AppendAsync(counted);
        using var lease = await RentKeysAsync(state.App);
        return await _chain!.ReadAsync(after, limit, lease.Keys.Log);
    }

    /// <inheritdoc/>
    public Task PauseAsync() => SetPausedAsync(true, Activity.ProcessingPaused);

    /// <inheritdoc/>
    public Task ResumeAsync() => SetPausedAsync(false, Activity.ProcessingResumed);

    private protected override IReadOnlyList<string> Tags(UserState state) => state.Erased is null
        ?
        [
            UserState.KeyTag(state.App, state.WrappedUnder),
            .. state.OlderKeys is null ? Array.Empty<string>() : [UserState.OlderKeysTag(state.App)],
            .. state.KeyUses < KeyUses.RotateFrom ? Array.Empty<string>() : [UserState.WornKeyTag(state.App)],
            .. state.Fields.SelectMany(field => field.IndexTags),
        ]
        : [UserState.ErasedTag(state.App)];

    private async Task SetPausedAsync(bool paused, Activity activity)
    {
        var state = Demand(CallerKind.User);
        if (state.Paused == paused) await DemandNewestAsync();
        else await SaveChangeAsync(state with { Paused = paused }, Entry(activity));
    }

    /// <summary>What a crash left between the log and the state: decisions are taken note of; a change of the user's
    /// own is rejected on record, because its values are lost, unless it only takes something away. That is done now,
    /// so that nobody who sets the state back by one copy ends a pause or brings a lost credential back.</summary>
    private async Task ReconcileAsync(UserState state, VersionedKeys keys)
    {
        _decisions = state.Decisions;
        var changes = await _chain!.ChangesAfterAsync(state.LastSequence, keys);
        var own = new List<(long, LogEntry)>();
        foreach (var (sequence, entry) in changes)
            if (entry.Activity != Activity.ConsentDecided) own.Add((sequence, entry));
            else if (ScriptId.TryParse(entry.Script, out var script))
                Note(script, Math.Max(Decided(script), sequence));
        var unapplied = _chain.Unapplied(own);
        switch (unapplied?.Entry.Activity)
        {
            case Activity.ProcessingPaused:
                await SaveAsync(Including(state with { Paused = true }, unapplied.Value.Sequence));
                break;
            case Activity.CredentialReissued: // the new claim code never reached anybody: an operator makes another one
                var without = state with { Verifier = null, ClaimVerifier = [], ClaimedAt = null };
                await SaveAsync(Including(without, unapplied.Value.Sequence));
                break;
            case Activity.UserErased: // nobody who sets the state back brings the key back
                var erased = new ErasedEntry(unapplied.Value.Sequence, await _chain.MacAsync(unapplied.Value.Sequence));
                await SaveAsync(Including(Tombstone(state, erased), unapplied.Value.Sequence));
                break;
            case not null:
                await SaveAsync(state); // first: another activation that is about to store the change cannot any more
                await _chain.RejectAsync(unapplied.Value.Sequence, Now, keys);
                break;
        }
    }

    /// <summary>The state, if this kind of caller may see this user.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/> by kind alone; then
    /// <see cref="ErrorCode.NotFound"/>, alike for an unknown id and for somebody else's; then
    /// <see cref="ErrorCode.Erased"/>.</exception>
    private UserState Demand(CallerKind kind, CallerKind? or = null)
    {
        _isWanted = true;
        return DemandInPassing(kind, or);
    }

    private UserState DemandInPassing(CallerKind kind, CallerKind? or = null)
    {
        Caller.Demand(kind, or);
        if (State is not { } state || !IsCallers(state)) throw SecureUserDataException.NotFound("user");
        return state.Erased is null ? state : throw SecureUserDataException.Erased();
    }

    private bool IsCallers(UserState state) => Caller.Kind switch
    {
        CallerKind.User => Caller.User == _id,
        _ => Caller.ActsAsOperator || Caller.App == state.App,
    };

    /// <summary>Stores a change together with the entry that announces it.</summary>
    /// <param name="next">The state; the decisions are added to it.</param>
    /// <param name="entry">What the change is.</param>
    /// <param name="decided">The script that it is a decision on.</param>
    /// <returns>The entry's number.</returns>
    private async Task<long> SaveChangeAsync(UserState next, LogEntry entry, ScriptId? decided = null)
    {
        using var lease = await RentKeysAsync(next.App);
        if (_refusals.Take(Now) is { } counted) await _chain!.AppendAsync(counted, lease.Keys.Log);
        var row = _chain!.Next(entry, lease.Keys.Log);
        if (decided is { } script) Note(script, row.Sequence); // when the save fails, this activation ends
        await SaveAsync(Including(next, row.Sequence), row);
        _chain.Appended(row, entry.IsChange);
        return row.Sequence;
    }

    /// <summary>A state that has all in it up to an entry.</summary>
    private UserState Including(UserState next, long sequence) => next with
    {
        LastSequence = sequence,
        Decisions = _decisions,
    };

    /// <summary>The newest decision on a script in the chain; 0 when there is none.</summary>
    private long Decided(ScriptId script)
    {
        foreach (var decision in _decisions)
            if (decision.Script == script) return decision.Sequence;
        return 0;
    }

    private void Note(ScriptId script, long sequence) =>
        _decisions = [.. _decisions.Where(decision => decision.Script != script), new(script, sequence)];

    private LogEntry Entry(Activity activity, params string[] names) => new()
    {
        Actor = Caller.Id,
        At = Now.ToUnixTimeMilliseconds(),
        Activity = activity,
        Names = names.Length == 0 ? null : names,
    };

    /// <summary>Appends to the user's chain; when it returns, the entry is on the disk.</summary>
    private Task<long> AppendAsync(LogEntry entry)
    {
        var rent = RentKeysAsync(State!.App);
        return rent.IsCompletedSuccessfully ? Append(entry, rent.Result) : AppendAsync(entry, rent);
    }

    private async Task<long> AppendAsync(LogEntry entry, ValueTask<KeyLease> rent) => await Append(entry, await rent);

    private Task<long> Append(LogEntry entry, KeyLease lease)
    {
        using (lease) return AppendAsync(entry, lease.Keys);
    }

    /// <summary>The keys are used before this first waits, and the caller may let go of them then.</summary>
    private Task<long> AppendAsync(LogEntry entry, ApplicationKeys keys) => _refusals.Take(Now) is { } counted
        ? AppendAsync(counted, entry, keys)
        : _chain!.AppendAsync(entry, keys.Log);

    private async Task<long> AppendAsync(LogEntry first, LogEntry second, ApplicationKeys keys)
    {
        keys.TryHold();
        using var lease = new KeyLease(keys);
        await _chain!.AppendAsync(first, keys.Log);
        return await _chain.AppendAsync(second, keys.Log);
    }

    private Chain ChainOf(AppId app) => new(Name, app, Services.Ports.Log, Context, Services.News);

    /// <summary>Takes hold of the user's key, for as long as the entity is active.</summary>
    private void Hold(VersionedKeys keys, ApplicationKeys application)
    {
        _keys = keys;
        _envelope = new Envelope(keys);
        _app = application.Name;
    }
}
