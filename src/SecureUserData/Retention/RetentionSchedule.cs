using System.Security.Cryptography;
using System.Text.Json;
using SecureUserData.Access;
using SecureUserData.AccessLog;
using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Entities;
using SecureUserData.Ports;
using SecureUserData.Users;

namespace SecureUserData.Retention;

/// <summary>Goes over an application's users once a day and has erased what they keep no longer, in slices. A slice
/// stores how far it came, and doing a part again changes nothing, so that a run goes on after a crash.</summary>
public class RetentionSchedule : ApplicationEntity<RetentionState>, IRetention
{
    private static readonly TimeSpan Period = TimeSpan.FromDays(1);
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);

    /// <summary>So much later than now is another time than that of the wake-up that runs, which is taken off the list
    /// when it has ended.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

    private readonly RetentionId _id;
    private Task? _noting;

    /// <summary>Makes an activation.</summary>
    public RetentionSchedule(RetentionId id, IStateSlot slot, IEntityContext context, DomainServices services)
        : base(id, slot, context, services, StateJson.Default.RetentionState) => _id = id;

    /// <inheritdoc/>
    public async Task<RetentionReport> GetAsync() => Report((await DemandAsync()).Settings.Rules());

    /// <inheritdoc/>
    public async Task<RetentionReport> RunAsync()
    {
        var keys = await DemandAsync();
        await RunSliceAsync(keys);
        return Report(keys.Settings.Rules());
    }

    /// <inheritdoc/>
    public async Task<RetentionPreview> PreviewAsync(string? cursor = null)
    {
        var keys = await DemandAsync();
        if (keys.Settings.Rules().IsEmpty()) return new RetentionPreview(new RetentionCounts(), null);
        var (counts, next) = await GoOnAsync(keys, cursor, preview: true);
        return new RetentionPreview(counts, next);
    }

    /// <summary>Begins a run, or goes on with the one under way.</summary>
    public override async Task WakeAsync()
    {
        WrappedKeys keys;
        try
        {
            keys = await Application.GetWrappedKeysAsync();
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.NotFound)
        {
            return; // a crash kept the application from being stored: there is nobody
        }
        await RunSliceAsync(keys);
    }

    private IApplicationInternals Application => Context.Internal<IApplicationInternals>(_id.App);

    private async Task<WrappedKeys> DemandAsync()
    {
        Caller.Demand(CallerKind.Application);
        return Caller.App == _id.App
            ? await Application.GetWrappedKeysAsync()
            : throw SecureUserDataException.NotFound("application");
    }

    private RetentionReport Report(RetentionRules rules) => rules.IsEmpty()
        ? new(rules, State?.Last, null, null)
        : new(rules, State?.Last, State?.Current, State?.Next);

    /// <summary>One slice. It is stored before the next wake-up is asked for: after a crash between the two the one
    /// that is still on the list goes on. Under other rules than it began with, the run goes over all users again.
    /// </summary>
    private async Task RunSliceAsync(WrappedKeys keys)
    {
        if (keys.Settings.Rules().IsEmpty() && !Stored.IsPurgeDue) return;
        string[] rules = RetentionPolicy.Describe(keys.Settings.Rules());
        var state = Stored.Rules.SequenceEqual(rules) ? Stored : Stored with { Rules = [.. rules], Cursor = null };
        var run = state.Current ?? new RetentionRun(Now, null, new RetentionCounts());
        var (counts, next) = await GoOnAsync(keys, state.Cursor, preview: false);
        run = run with { Counts = run.Counts + counts };
        state = state with { Current = run, Cursor = next, Next = null, IsPurgeDue = Stored.IsPurgeDue };
        if (next is null && state.IsPurgeDue)
        {
            // What was erased is counted, whatever becomes of the purge. When it has failed the run goes over all users
            // again, and counts them then: nobody's data is kept longer for it.
            var erased = run.Counts with { Users = 0, Failed = 0 };
            await SaveAsync(state with { Current = run with { Counts = erased } });
            await Services.Ports.PurgeAsync();
        }
        await SaveAsync(next is not null ? state : state with
        {
            Last = run with { Finished = Now }, Current = null, IsPurgeDue = false, Next = Now + Period,
        });
        _noting = null;
        await Services.Ports.Wakeups.SetAsync(Name, State!.Next ?? Now + Soon);
        // Rules that were set meanwhile have asked for a wake-up too, which this one has replaced.
        var latest = (await Application.GetWrappedKeysAsync()).Settings.Rules();
        if (!rules.SequenceEqual(RetentionPolicy.Describe(latest)))
            await Services.Ports.Wakeups.SetAsync(Name, Now + Soon);
    }

    private RetentionState Stored => State ?? new RetentionState { App = _id.App };

    /// <summary>Stores, before a run erases anything, that a purge is due. Several looks ask for it at a time.
    /// </summary>
    private Task NotePurgeAsync() =>
        Stored.IsPurgeDue ? Task.CompletedTask : _noting ??= SaveAsync(Stored with { IsPurgeDue = true });

    private async Task<(RetentionCounts Counts, string? Next)> GoOnAsync(
        WrappedKeys keys, string? cursor, bool preview)
    {
        var walk = new UserWalk(Services.Ports.States, Application.GetWrappedKeysAsync);
        var began = Services.Time.GetTimestamp();
        var counts = new RetentionCounts();
        do
        {
            var page = await walk.ReadAsync(cursor);
            var looks = page.Items.Select(user => LookAsync(user, keys.Settings.Rules(), preview));
            counts = (await Task.WhenAll(looks)).Aggregate(counts, (sum, look) => sum + look);
            cursor = page.Next;
        }
        while (cursor is not null && Services.Time.GetElapsedTime(began) < Slice);
        return (counts, cursor);
    }

    /// <summary>Looks at one user's stored state, and asks the user only if something is over.</summary>
    private async Task<RetentionCounts> LookAsync(TaggedState found, RetentionRules rules, bool preview)
    {
        var counts = new RetentionCounts(Users: 1);
        try
        {
            var user = UserId.Parse(found.Id);
            var state = await OpenAsync(found);
            if (await IsDataOverAsync(user, state, rules)) counts += await EraseDataAsync(user, rules, preview);
            if (rules.Log is { } period && await IsLogOverAsync(found.Id, state, period))
                counts += await EmptyLogAsync(user, period, preview);
        }
        catch (SecureUserDataException e) when (e.Code is ErrorCode.Tampered or ErrorCode.Conflict)
        {
            counts += new RetentionCounts(Failed: 1); // the data of all others must not live on for one
        }
        return counts;
    }

    private async Task<RetentionCounts> EraseDataAsync(UserId user, RetentionRules rules, bool preview)
    {
        if (!preview) await NotePurgeAsync();
        var counts = new RetentionCounts();
        RetentionPlace? place = null;
        do
        {
            var step = await Context.Internal<IUserInternals>(user).ApplyRetentionAsync(rules, place, preview);
            counts += step.Counts;
            place = step.Next;
        }
        while (place is not null);
        return counts;
    }

    private async Task<RetentionCounts> EmptyLogAsync(UserId user, TimeSpan period, bool preview)
    {
        if (!preview) await NotePurgeAsync();
        var counts = new RetentionCounts();
        long? after = 0;
        do
        {
            var step = await Context.Internal<IUserInternals>(user).ExpireLogAsync(period, after.Value, preview);
            counts += new RetentionCounts(LogEntries: step.Emptied);
            after = step.Next;
        }
        while (after is not null);
        return counts;
    }

    private async Task<UserState> OpenAsync(TaggedState found)
    {
        using var lease = await RentKeysAsync(_id.App);
        var plaintext = StateSeal.Of(lease.Keys).Open(found.Id, found.State);
        var state = JsonSerializer.Deserialize(plaintext, StateJson.Default.UserState)!;
        CryptographicOperations.ZeroMemory(plaintext);
        return state;
    }

    private async Task<bool> IsDataOverAsync(UserId user, UserState state, RetentionRules rules)
    {
        if (state.Erased is not null) return false;
        if (RetentionPolicy.Keep(state, rules, Now).Names.Length > 0) return true;
        foreach (var (collection, period) in rules.Collections)
            if (await Services.Ports.Records.ListAsync(user, collection, null, limit: 1, bytes: 1) is [var oldest]
                && RetentionPolicy.MayBeOver(oldest.Id, period, Now))
                return true;
        return false;
    }

    /// <summary>Looks at the first entry that is neither emptied nor needed, and says more than what was emptied before
    /// it; a row after it tells that it is not the newest.</summary>
    private async Task<bool> IsLogOverAsync(string chain, UserState state, TimeSpan period)
    {
        var expiry = state.LogExpiry ?? LogExpiry.None;
        var inForce = state.Decisions.Select(decision => decision.Sequence).ToHashSet();
        if (expiry.IsPending || expiry.Kept.Any(sequence => !inForce.Contains(sequence))) return true;
        for (var at = expiry.Through + 1; ; at++)
        {
            if (inForce.Contains(at)) continue;
            if (await Services.Ports.Log.ReadAsync(chain, at, 2) is not [var row, _]) return false;
            var entry = LogEntry.Parse(row.Body, LogMac.Place(chain, at));
            if (!RetentionPolicy.IsOver(entry.At, period, Now)) return false;
            if (entry.Activity != Activity.LogExpired) return true;
        }
    }
}
