using SecureUserData.Access;
using SecureUserData.OwnedData;
using SecureUserData.Ports;

namespace SecureUserData.Users;

// Adding many records in one step, under ids that the application chose.
public partial class User
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<RecordId>> AddRecordsAsync(string collection, IReadOnlyList<NewRecord> records)
    {
        var state = Demand(CallerKind.Application);
        Names.Check(collection, "collection");
        IReadOnlyList<NewRecord> batch = [.. records ?? []]; // what is checked is a copy, as in Names.CheckAll
        RecordFormat.Check(batch);
        var there = await Services.Ports.Records.FindAsync(_id, collection, [.. batch.Select(record => record.Id)]);
        var missing = batch.Where(record => !there.Contains(record.Id)).ToList();
        if (missing.Count == 0) return [];
        var needed = _uses.Needed(missing.Count);
        var page = Seal(collection, missing);
        var entry = Entry(Activity.RecordPut, Place(page));
        // Nothing leaves this method before both the reservation and the entry are on the disk: they share a commit.
        if (needed > _uses.Reserved) await SaveChangeAsync(state with { KeyUses = needed }, entry);
        else await AppendAsync(entry);
        _uses.Store(needed);
        _uses.Spend(missing.Count);
        return await Services.Ports.Records.AddAsync(_id, collection, page.Items);
    }

    /// <summary>The records' envelopes in the order of their ids.</summary>
    private StoredPage Seal(string collection, IEnumerable<NewRecord> records)
    {
        var now = Now;
        return new StoredPage(
            collection,
            [.. records.OrderBy(record => record.Id.ToString(), StringComparer.Ordinal).Select(record =>
                new StoredRecord(
                    record.Id,
                    Seal(new RecordKey(_id, collection, record.Id), RecordFormat.Write(record.Content, now))))],
            Next: null);
    }
}
