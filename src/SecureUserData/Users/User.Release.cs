using SecureUserData.Access;
using SecureUserData.AccessLog;
using SecureUserData.OwnedData;

namespace SecureUserData.Users;

// The user's side of the firewall: decisions on record, and readings on record before anything is decrypted.
public partial class User
{
    /// <summary>Names that an entry about a refusal holds at the most, so that refused scripts cannot swell the
    /// log.</summary>
    private const int RefusedNames = 16;

    /// <inheritdoc/>
    public Task<Reading> ReleaseAsync(ReleaseRequest request)
    {
        var state = Demand(CallerKind.Script);
        return state.Paused ? RefusePausedAsync(request) : ReleaseAsync(state, request);
    }

    private async Task<Reading> RefusePausedAsync(ReleaseRequest request)
    {
        await RecordRefusalAsync(request, "paused");
        throw SecureUserDataException.Denied("The user has paused all processing: try again when the user resumes it.");
    }

    /// <inheritdoc/>
    public async Task<Reading?> TryReleaseAsync(ReleaseRequest request)
    {
        // Whoever goes over everybody does not fill the memory with keys and profiles that nobody else has asked for.
        if (!_isWanted) Context.RequestUnload();
        var state = DemandInPassing(CallerKind.Script);
        return state.Paused ? null : await ReleaseAsync(state, request);
    }

    private async Task<Reading> ReleaseAsync(UserState state, ReleaseRequest request)
    {
        // A consent that was set back to an older copy in the database ends here.
        if (Decided(Caller.Script!.Value) != request.Decision)
            throw await MismatchAsync($"the consent of {Name} to {Caller.Id}");
        var selection = request.Selection;
        var page = selection.Collection is null
            ? null
            : await StoredPage.ReadAsync(Services.Ports.Records, _id, selection);
        await AppendAsync(Entry(Activity.DataRead, Describe(selection, page, request.Masks)) with
        {
            ScriptVersion = Caller.ScriptVersion,
            Purpose = request.Purpose,
        });
        return new Reading(
            MaskPolicy.Apply(Decrypt(state.Fields, selection.Fields), request.Masks),
            page is null ? null : Decrypt(page));
    }

    /// <inheritdoc/>
    public Task RecordRefusalAsync(ReleaseRequest request, string reason)
    {
        Demand(CallerKind.Script);
        return RefuseAsync(Entry(Activity.ReadRefused, [.. Describe(request.Selection, null).Take(RefusedNames)]) with
        {
            ScriptVersion = Caller.ScriptVersion,
            Purpose = request.Purpose,
            Reason = reason,
        });
    }

    /// <inheritdoc/>
    public async Task<long> RecordDecisionAsync(ScriptId script, ConsentDecision decision)
    {
        if (State is not { } state || (Caller != Caller.System && !IsCallers(state)))
            throw SecureUserDataException.NotFound("user");
        if (state.Erased is not null) throw SecureUserDataException.Erased();
        var entry = Entry(Activity.ConsentDecided, $"script/{script}") with
        {
            Script = script.ToString(),
            ScriptVersion = decision.ScriptVersion,
            Decision = decision,
        };
        // With the number in the state, no activation need look for it in the chain.
        return await SaveChangeAsync(state, entry, decided: script);
    }

    /// <inheritdoc/>
    public async Task<ConsentDecision?> FindNewerDecisionAsync(ScriptId script, long stored)
    {
        var sequence = Decided(script);
        if (sequence == stored) return null; // nearly always, and costs no look at the log
        if (sequence < stored) throw await MismatchAsync($"the decision on {script} in the access log of {Name}");
        using var lease = await RentKeysAsync(State!.App);
        var entry = await _chain!.GetAsync(sequence, lease.Keys.Log);
        return entry.Decision is { } decision && entry.Script == script.ToString()
            ? decision with { Sequence = sequence }
            : throw SecureUserDataException.Tampered(LogMac.Place(Name, sequence));
    }

    /// <summary>Ends this activation. When another one has gone on with the chain, this one is only behind.</summary>
    private async Task<SecureUserDataException> MismatchAsync(string place)
    {
        Context.RequestUnload();
        return _chain is { } chain && await chain.IsBehindAsync() ? Behind() : SecureUserDataException.Tampered(place);
    }

    /// <summary>What is read, in names: fields one by one, with their masks, records as the range of their
    /// ids.</summary>
    private static string[] Describe(
        Selection selection, StoredPage? page, IReadOnlyDictionary<string, FieldMask>? masks = null)
    {
        var names = new List<string>(selection.Fields.Count + 1);
        foreach (var field in selection.Fields)
            names.Add(masks is not null && masks.TryGetValue(field, out var mask)
                ? $"field/{field}:{mask.Word()}"
                : $"field/{field}");
        if (selection.Collection is { } collection)
            names.Add(page is null ? $"record/{collection}" : Place(page));
        return [.. names];
    }
}
