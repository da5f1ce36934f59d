using SecureUserData.AccessLog;
using SecureUserData.Cryptography;
using SecureUserData.Retention;

namespace SecureUserData.Users;

// Entries of the user's own chain that are kept no longer: an entry says which ones first, then they are emptied.
public partial class User
{
    /// <inheritdoc/>
    public async Task<LogRetentionStep> ExpireLogAsync(TimeSpan period, long after, bool preview)
    {
        var state = DemandForRetention();
        using var lease = await RentKeysAsync(state.App);
        if (!preview && state.LogExpiry is { IsPending: true } pending)
            await FinishEmptyingAsync(pending, lease.Keys.Log);
        var expiry = _chain!.Expiry;
        var entries = await _chain.ReadAsync(Math.Max(after, expiry.Through), Limits.PageItems, lease.Keys.Log);
        var over = entries.TakeWhile(entry => entry.Sequence < _chain.Sequence // what comes next stands on the newest
            && RetentionPolicy.IsOver(entry.At.ToUnixTimeMilliseconds(), period, Now)).ToList();
        // Consents look there for what was decided.
        var inForce = _decisions.Select(decision => decision.Sequence).ToHashSet();
        var released = after == 0 ? expiry.Kept.Where(sequence => !inForce.Contains(sequence)) : [];
        var expired = over.Where(entry => !inForce.Contains(entry.Sequence)).ToList();
        List<long> emptied = [.. released, .. expired.Select(entry => entry.Sequence)];
        long? next = over.Count == Limits.PageItems ? over[^1].Sequence : null;
        // Entries that say what was emptied tell little, and to empty them for themselves would make new ones for ever.
        if (emptied.Count == expired.Count && expired.All(entry => entry.Activity == Activity.LogExpired))
            return new LogRetentionStep(0, next);
        if (!preview)
        {
            if (next is null) Context.RequestUnload(); // nobody else may call for long, and there are many
            var through = over.Count > 0 ? over[^1].Sequence : expiry.Through;
            await EmptyAsync(
                new LogExpiry(through, [.. inForce.Where(sequence => sequence <= through).Order()], IsPending: true),
                emptied);
        }
        return new LogRetentionStep(emptied.Count, next);
    }

    private async Task EmptyAsync(LogExpiry expiry, List<long> sequences)
    {
        var entry = Entry(Activity.LogExpired, $"entry/{sequences[0]}..{sequences[^1]} ({sequences.Count})") with
        {
            Through = expiry.Through,
            Kept = expiry.Kept.IsEmpty ? null : [.. expiry.Kept],
        };
        await SaveChangeAsync(State! with { LogExpiry = expiry }, entry);
        _chain!.Expiry = expiry;
        await Services.Ports.Log.ExpireAsync(Name, sequences, ExpiredBody.Of(State!.App));
        await SaveEmptiedAsync(expiry);
    }

    /// <summary>Empties what a crash has left of what was announced.</summary>
    private async Task FinishEmptyingAsync(LogExpiry expiry, VersionedKeys keys)
    {
        for (long at = 0; at < expiry.Through;)
        {
            var entries = await _chain!.ReadAsync(at, Limits.PageItems, keys);
            at = entries[^1].Sequence;
            await Services.Ports.Log.ExpireAsync(
                Name,
                [.. entries
                    .Where(entry => entry.Activity != Activity.Expired && expiry.Covers(entry.Sequence))
                    .Select(entry => entry.Sequence)],
                ExpiredBody.Of(State!.App));
        }
        await SaveEmptiedAsync(expiry);
    }

    private async Task SaveEmptiedAsync(LogExpiry expiry)
    {
        expiry = expiry with { IsPending = false };
        await SaveAsync(State! with { LogExpiry = expiry });
        _chain!.Expiry = expiry;
    }
}
