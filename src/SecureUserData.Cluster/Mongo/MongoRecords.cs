using MongoDB.Bson;
using MongoDB.Driver;
using SecureUserData.Cryptography;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Mongo;

/// <summary>Envelopes of owned records: <c>{ _id, k: key version, envelope }</c>. The id is user, collection and
/// record, so that one index holds a user's records together, in order, and the collection can be sharded by a range of
/// it. The index over id and key version lets a sweep go over them without reading envelopes.</summary>
internal sealed class MongoRecords(IMongoDatabase database) : IRecordStore
{
    internal const string Collection = "records";

    private const string KeyVersion = "k";
    internal const string Sealed = "envelope";

    /// <summary>Sorts before all that a name may hold, and so does what follows it.</summary>
    private const char Separator = '\n';
    private const char AfterSeparator = '\v';

    private static readonly BsonDocument IdOnly = new(Documents.Id, 1);
    private static readonly BsonDocument IdAndVersion = new() { { Documents.Id, 1 }, { KeyVersion, 1 } };
    private static readonly FindOptions ByVersion = new() { Hint = IdAndVersion };

    private readonly IMongoCollection<BsonDocument> _records = database.GetCollection<BsonDocument>(Collection);

    public Task PutAsync(RecordKey key, byte[] envelope) => MongoErrors.RunAsync(() =>
        _records.ReplaceOneAsync(At(key), Document(key, envelope), new ReplaceOptions { IsUpsert = true }));

    /// <summary>One call inserts them all, each alone: what a failure in the middle of it leaves stays, nobody is told
    /// of it, and the same call again adds the rest.</summary>
    public Task<IReadOnlyList<RecordId>> AddAsync(
        UserId user, string collection, IReadOnlyList<StoredRecord> records) => MongoErrors.RunAsync(async () =>
    {
        if (records.Count == 0) return [];
        var documents = records
            .Select(record => Document(new RecordKey(user, collection, record.Id), record.Envelope)).ToList();
        try
        {
            await _records.InsertManyAsync(documents, new InsertManyOptions { IsOrdered = false });
            return [.. records.Select(record => record.Id)];
        }
        catch (MongoBulkWriteException<BsonDocument> e) when (MongoErrors.IsDuplicate(e))
        {
            var there = e.WriteErrors.Select(error => error.Index).ToHashSet();
            return (IReadOnlyList<RecordId>)
                [.. records.Where((_, i) => !there.Contains(i)).Select(record => record.Id)];
        }
    });

    public async ValueTask<IReadOnlySet<RecordId>> FindAsync(
        UserId user, string collection, IReadOnlyList<RecordId> ids) => await MongoErrors.RunAsync(async () =>
    {
        var found = await _records.Find(OneOf(user, collection, ids)).Project(IdOnly).ToListAsync();
        return (IReadOnlySet<RecordId>)found.Select(record => Key(record).Id).ToHashSet();
    });

    public async ValueTask<byte[]?> GetAsync(RecordKey key) => await MongoErrors.RunAsync(async () =>
        (await _records.Find(At(key)).ToListAsync()) is [var record] ? record.Bytes(Sealed) : null);

    public Task<bool> DeleteAsync(RecordKey key) => MongoErrors.RunAsync(async () =>
        (await _records.DeleteOneAsync(At(key))).DeletedCount > 0);

    public async ValueTask<long> CountAsync(UserId user) =>
        await MongoErrors.RunAsync(() => _records.CountDocumentsAsync(All(user)));

    /// <summary>What somebody else has deleted in between counts too, so that nobody takes it for the end.</summary>
    public Task<int> DeleteAllAsync(UserId user, int limit) => MongoErrors.RunAsync(async () =>
    {
        var found = await _records.Ordered(All(user), limit).Project(IdOnly).ToListAsync();
        await _records.DeleteManyAsync(Documents.OneOf(found.Select(record => record.Text(Documents.Id))));
        return found.Count;
    });

    public Task DeleteManyAsync(UserId user, string collection, IReadOnlyList<RecordId> ids) =>
        MongoErrors.RunAsync(() => _records.DeleteManyAsync(OneOf(user, collection, ids)));

    public async ValueTask<IReadOnlyList<StoredRecord>> ListAsync(
        UserId user, string collection, RecordId? after, int limit, int bytes)
    {
        var range = Documents.Between(
            Id(user, collection, after?.ToString() ?? ""), $"{user}{Separator}{collection}{AfterSeparator}");
        var found = await MongoErrors.RunAsync(() => ReadAsync(_records.Ordered(range, limit), bytes));
        return found.ConvertAll(record => new StoredRecord(record.Key.Id, record.Envelope));
    }

    public async ValueTask<StaleRecords> ListStaleAsync(
        UserId user, int keyVersion, RecordKey? after, int looks, int limit, int bytes) =>
        await MongoErrors.RunAsync(async () =>
        {
            var range = after is { } last ? Documents.Between(Id(last), End(user)) : All(user);
            var looked = await _records.Ordered(range, looks, ByVersion).Project(IdAndVersion).ToListAsync();
            var stale = looked.Where(record => record.Number(KeyVersion) != keyVersion).ToList();
            var page = stale.Take(limit).Select(record => record.Text(Documents.Id)).ToList();
            var found = page.Count == 0 ? [] : await ReadAsync(_records.Ordered(Documents.OneOf(page), limit), bytes);
            RecordKey? next = found.Sum(record => (long)record.Envelope.Length) >= bytes ? found[^1].Key
                : page.Count < stale.Count ? Key(stale[page.Count - 1])
                : looked.Count < looks ? null
                : Key(looked[^1]);
            return new StaleRecords(found, next);
        });

    public Task ReplaceAsync(IReadOnlyList<RecordReplacement> replacements) => MongoErrors.RunAsync(async () =>
    {
        if (replacements.Count == 0) return;
        await _records.BulkWriteAsync(
            replacements.Select(replacement => new ReplaceOneModel<BsonDocument>(
                At(replacement.Key).Add(Sealed, replacement.Before),
                Document(replacement.Key, replacement.After))),
            new BulkWriteOptions { IsOrdered = false });
    });

    /// <summary>One step through the index for each collection, however many records are in it.</summary>
    public async ValueTask<IReadOnlyList<string>> CollectionsAsync(UserId user)
    {
        var collections = new List<string>();
        for (var range = All(user); ;)
        {
            var found = await MongoErrors.RunAsync(() => _records.Ordered(range, 1).Project(IdOnly).ToListAsync());
            if (found is not [var first]) return collections;
            collections.Add(Key(first).Collection);
            range = Documents.Between($"{user}{Separator}{collections[^1]}{AfterSeparator}", End(user));
        }
    }

    internal Task PrepareAsync() => _records.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(IdAndVersion));

    /// <summary>Reads on until the bytes are reached; the rest is not sent for.</summary>
    private static async Task<List<KeyedRecord>> ReadAsync(IFindFluent<BsonDocument, BsonDocument> find, int bytes)
    {
        var read = new List<KeyedRecord>();
        long size = 0;
        using var cursor = await find.ToCursorAsync();
        while (size < bytes && await cursor.MoveNextAsync())
            foreach (var record in cursor.Current.TakeWhile(_ => size < bytes))
            {
                read.Add(new KeyedRecord(Key(record), record.Bytes(Sealed)));
                size += read[^1].Envelope.Length;
            }
        return read;
    }

    internal static BsonDocument Document(RecordKey key, byte[] envelope) => new()
    {
        { Documents.Id, Id(key) },
        { KeyVersion, (long)Envelope.KeyVersion(envelope) },
        { Sealed, new BsonBinaryData(envelope) },
    };

    private static BsonDocument At(RecordKey key) => new(Documents.Id, Id(key));

    private static BsonDocument OneOf(UserId user, string collection, IReadOnlyList<RecordId> ids) =>
        Documents.OneOf(ids.Select(id => Id(user, collection, id.ToString())));

    private static BsonDocument All(UserId user) => Documents.Between($"{user}{Separator}", End(user));

    private static string End(UserId user) => $"{user}{AfterSeparator}";

    private static string Id(RecordKey key) => Id(key.User, key.Collection, key.Id.ToString());

    private static string Id(UserId user, string collection, string id) =>
        $"{user}{Separator}{collection}{Separator}{id}";

    internal static RecordKey Key(BsonDocument record) =>
        record.Text(Documents.Id).Split(Separator) is [var owner, var collection, var text]
            && UserId.TryParse(owner, out var user) && RecordId.TryParse(text, out var id)
            ? new RecordKey(user, collection, id)
            : throw SecureUserDataException.Tampered("the id of a record");
}
