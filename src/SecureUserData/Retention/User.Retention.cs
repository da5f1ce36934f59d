using System.Security.Cryptography;
using SecureUserData.Access;
using SecureUserData.Cryptography;
using SecureUserData.OwnedData;
using SecureUserData.Retention;

namespace SecureUserData.Users;

// What the user keeps no longer: on record first, then erased.
public partial class User
{
    /// <inheritdoc/>
    public async Task<RetentionStep> ApplyRetentionAsync(RetentionRules rules, RetentionPlace? from, bool preview)
    {
        var state = DemandForRetention();
        if (state.Erased is not null) return new RetentionStep(new RetentionCounts(), null);
        var kept = RetentionPolicy.Keep(state, rules, Now);
        var (records, next) = await FindOverAsync(rules, from);
        var step = new RetentionStep(
            new RetentionCounts(
                Fields: kept.Erased,
                Versions: kept.VersionsErased,
                Records: records.Sum(range => range.Ids.Count)),
            next);
        if (preview) return from is null ? step : new(new RetentionCounts(Records: step.Counts.Records), next);
        string[] names = [.. kept.Names, .. records.Select(range => range.Name)];
        if (names.Length == 0) return step;
        await SaveChangeAsync(state with { Fields = kept.Fields }, Entry(Activity.RetentionApplied, names));
        await ReleaseUniqueAsync(UniqueKeys(state.Fields).Except(UniqueKeys(kept.Fields)));
        foreach (var (collection, ids) in records) await Services.Ports.Records.DeleteManyAsync(_id, collection, ids);
        if (next is null) Context.RequestUnload(); // who has not been heard of for so long is rarely called at once
        return step;
    }

    /// <summary>The state, erased or not, if the engine or the user's application has retention applied.</summary>
    private UserState DemandForRetention() =>
        State is { } state && (Caller == Caller.System || Caller.App == state.App)
            ? state
            : throw SecureUserDataException.NotFound("user");

    /// <summary>Records that are over, from a place on: a page of the store for each collection, until one is full.
    /// </summary>
    private async Task<(List<RecordRange> Over, RetentionPlace? Next)> FindOverAsync(
        RetentionRules rules, RetentionPlace? from)
    {
        var over = new List<RecordRange>();
        foreach (var (collection, period) in rules.Collections.OrderBy(rule => rule.Key, StringComparer.Ordinal))
        {
            if (string.CompareOrdinal(collection, from?.Collection) < 0) continue;
            RecordId? after = collection == from?.Collection ? from.After : null;
            var page = await Services.Ports.Records.ListAsync(
                _id, collection, after, Limits.PageItems, Limits.PageBytes);
            var old = page.TakeWhile(record => RetentionPolicy.MayBeOver(record.Id, period, Now)).ToList();
            var ids = old
                .Where(record => RetentionPolicy.IsOver(StoredAt(collection, record.Id, record.Envelope), period, Now))
                .Select(record => record.Id)
                .ToList();
            if (ids.Count > 0) over.Add(new RecordRange(collection, ids));
            if (old.Count < page.Count) continue; // what follows is younger still
            if (page.Count == Limits.PageItems || page.Sum(record => record.Envelope.Length) >= Limits.PageBytes)
                return (over, new RetentionPlace(collection, page[^1].Id));
        }
        return (over, null);
    }

    private long StoredAt(string collection, RecordId id, byte[] envelope)
    {
        var plaintext = _envelope!.Open(Binding.Record(_app, Name, collection, id), envelope).Plaintext;
        var at = RecordFormat.StoredAt(plaintext);
        CryptographicOperations.ZeroMemory(plaintext);
        return at;
    }

    private sealed record RecordRange(string Collection, List<RecordId> Ids)
    {
        internal string Name => $"record/{Collection}/{Ids[0]}..{Ids[^1]} ({Ids.Count})";
    }
}
