namespace SecureUserData.Users;

// The end of a user: the key is destroyed first, and the erasers of every store follow. What stays is a tombstone, so
// that nothing that was active elsewhere brings the user back.
public partial class User
{
    /// <inheritdoc/>
    public Task<UserRemains> DescribeAsync() => State is { } state
        ? Task.FromResult(new UserRemains(
            state.App,
            state.WrappedUnder,
            state.Fields.Length,
            state.Fields.Sum(field => field.Earlier.IsDefault ? 0 : field.Earlier.Length),
            state.Fields.Count(field => field.IsUnique),
            [.. _decisions.Select(decision => decision.Script)],
            _chain!.Sequence,
            state.Erased))
        : throw SecureUserDataException.NotFound("user");

    /// <inheritdoc/>
    public async Task DestroyKeyAsync(string requestedBy)
    {
        if (State is not { Erased: null } state) return;
        Context.RequestUnload(); // this activation's open key is zeroed when the call ends, come what may
        using var lease = await RentKeysAsync(state.App);
        if (_refusals.Take(Now) is { } counted) await _chain!.AppendAsync(counted, lease.Keys.Log);
        var row = _chain!.Next(Entry(Activity.UserErased) with { Actor = requestedBy }, lease.Keys.Log);
        await SaveAsync(Including(Tombstone(state, new(row.Sequence, row.Mac)), row.Sequence), row);
        _chain.Appended(row, isChange: true);
    }

    /// <inheritdoc/>
    public async Task RemoveFieldsAsync()
    {
        var state = Erased();
        if (state.Fields.Length + state.Decisions.Length == 0) return;
        _decisions = [];
        await SaveAsync(Including(state with { Fields = [] }, state.LastSequence));
    }

    /// <summary>The fields' envelopes stay until they have been counted.</summary>
    private static UserState Tombstone(UserState state, ErasedEntry erased) => state with
    {
        Erased = erased,
        WrappedKey = [],
        OlderKeys = null,
        Verifier = null,
        ClaimVerifier = [],
    };

    private UserState Erased() => State is { Erased: not null } state
        ? state
        : throw new InvalidOperationException("The user's key is destroyed first.");
}
