using SecureUserData.Access;
using SecureUserData.Cryptography;
using SecureUserData.OwnedData;
using SecureUserData.Ports;

namespace SecureUserData.Users;

// The owned data store: collections of records, under the user's key.
public partial class User
{
    /// <inheritdoc/>
    public async Task<RecordId> PutRecordAsync(string collection, RecordContent content, RecordId? id = null)
    {
        var state = Demand(CallerKind.Application);
        Names.Check(collection, "collection");
        RecordFormat.Check(content);
        var key = new RecordKey(_id, collection, id ?? RecordId.New());
        if (id is not null && await Services.Ports.Records.GetAsync(key) is null)
            throw SecureUserDataException.NotFound("record");
        await ReserveUseAsync(state);
        await AppendAsync(Entry(Activity.RecordPut, Place(key)));
        await Services.Ports.Records.PutAsync(key, Seal(key, RecordFormat.Write(content, Now)));
        return key.Id;
    }

    /// <inheritdoc/>
    public async Task<Record> GetRecordAsync(string collection, RecordId id)
    {
        Demand(CallerKind.User);
        Names.Check(collection, "collection");
        var key = new RecordKey(_id, collection, id);
        var envelope = await Services.Ports.Records.GetAsync(key) ?? throw SecureUserDataException.NotFound("record");
        await AppendAsync(Entry(Activity.OwnDataRead, Place(key)));
        return Decrypt(new StoredPage(collection, [new StoredRecord(id, envelope)], null)).Items[0];
    }

    /// <inheritdoc/>
    public async Task DeleteRecordAsync(string collection, RecordId id)
    {
        Demand(CallerKind.User, CallerKind.Application);
        Names.Check(collection, "collection");
        var key = new RecordKey(_id, collection, id);
        if (await Services.Ports.Records.GetAsync(key) is null) throw SecureUserDataException.NotFound("record");
        await AppendAsync(Entry(Activity.RecordDeleted, Place(key)));
        await Services.Ports.Records.DeleteAsync(key);
    }

    /// <inheritdoc/>
    public async Task<Page<RecordInfo>> ListRecordsAsync(string collection, string? cursor = null, int limit = 100)
    {
        Demand(CallerKind.User);
        Names.Check(collection, "collection");
        var page = await StoredPage.ReadAsync(Services.Ports.Records, _id, collection, cursor, limit);
        await AppendAsync(Entry(Activity.OwnDataRead, $"record/{collection}"));
        return new Page<RecordInfo>([.. Decrypt(page).Items.Select(record => record.Info)], page.Next);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListCollectionsAsync()
    {
        Demand(CallerKind.User);
        return await Services.Ports.Records.CollectionsAsync(_id);
    }

    /// <summary>A page in names: the range of its ids.</summary>
    private static string Place(StoredPage page) => page.Items.Count == 0
        ? $"record/{page.Collection}"
        : $"record/{page.Collection}/{page.Items[0].Id}..{page.Items[^1].Id} ({page.Items.Count})";

    private static string Place(RecordKey key) => $"record/{key.Collection}/{key.Id}";

    /// <summary>Makes sure that the user's key may seal once more, storing a new reservation first when one is needed.
    /// </summary>
    private async Task ReserveUseAsync(UserState state)
    {
        var needed = _uses.Needed(1);
        if (needed > _uses.Reserved) await SaveAsync(state with { KeyUses = needed });
        _uses.Store(needed);
        _uses.Spend(1);
    }

    private byte[] Seal(RecordKey key, byte[] plaintext)
    {
        var sealedRecord = _envelope!.Seal(Binding.Record(_app, Name, key.Collection, key.Id), plaintext);
        _envelope.Rest();
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(plaintext);
        return sealedRecord;
    }

    private Page<Record> Decrypt(StoredPage page)
    {
        var records = page.Items.Select(item => RecordFormat.Read(
            page.Collection,
            item.Id,
            _envelope!.Open(Binding.Record(_app, Name, page.Collection, item.Id), item.Envelope).Plaintext)).ToList();
        _envelope!.Rest();
        return new Page<Record>(records, page.Next);
    }
}
