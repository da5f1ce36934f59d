using MongoDB.Bson;
using MongoDB.Driver;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Mongo;

/// <summary>Unique keys: <c>{ _id: key, holder, at }</c>.</summary>
/// <param name="database">The database.</param>
/// <param name="time">The clock.</param>
internal sealed class MongoUniqueKeys(IMongoDatabase database, TimeProvider time) : IUniqueKeys
{
    /// <summary>A claim is settled after this time, longer than any call lasts: its holder has saved the key as a tag,
    /// or never will. Clocks of several machines need to be right to some minutes only, since a holder that is later
    /// all the same finds that its state was touched.</summary>
    internal static readonly TimeSpan SettledAfter = TimeSpan.FromMinutes(10);

    internal const string Collection = "unique_keys";
    internal const string Holder = "holder";
    internal const string At = "at";

    private const int Attempts = 3;

    private readonly IMongoCollection<BsonDocument> _keys = database.GetCollection<BsonDocument>(Collection);
    private readonly IMongoCollection<BsonDocument> _states =
        database.GetCollection<BsonDocument>(MongoStates.Collection);

    public Task<bool> ClaimAsync(string key, string holder) => MongoErrors.RunAsync(async () =>
    {
        var claim = new BsonDocument { { Documents.Id, key }, { Holder, holder }, { At, Now } };
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await TryInsertAsync(_keys, claim)) return true;
            var found = await _keys.Find(new BsonDocument(Documents.Id, key)).ToListAsync();
            if (found is not [var other]) continue; // given back in between
            var isOwn = other.Text(Holder) == holder;
            if (!isOwn && !await IsAbandonedAsync(other)) return false;
            var changed = await _keys.ReplaceOneAsync(other, claim); // only the claim that was looked at
            if (changed.MatchedCount > 0) return true;
            if (!isOwn) return false; // somebody else has taken it over
        }
        throw SecureUserDataException.Conflict("This was changed elsewhere at the same time: try again.");
    });

    public Task ReleaseAsync(string key, string holder) =>
        ReleaseAsync(new BsonDocument { { Documents.Id, key }, { Holder, holder } });

    public Task ReleaseAllAsync(string holder) => ReleaseAsync(new BsonDocument(Holder, holder));

    internal Task PrepareAsync() =>
        _keys.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(new BsonDocument(Holder, 1)));

    private Task ReleaseAsync(BsonDocument claims) => MongoErrors.RunAsync(async () =>
    {
        // A state that is written and not yet a majority's counts, too: whoever saves it may be told yet that it is.
        var written = _states.WithReadConcern(ReadConcern.Local);
        foreach (var claim in await _keys.Find(claims).ToListAsync())
        {
            var carries = new BsonDocument
            {
                { Documents.Id, claim.Text(Holder) }, { MongoStates.TagField, claim.Text(Documents.Id) },
            };
            if (await written.CountDocumentsAsync(carries) == 0) await _keys.DeleteOneAsync(claim);
        }
    });

    private BsonDateTime Now => new(time.GetUtcNow().UtcDateTime);

    private static async Task<bool> TryInsertAsync(IMongoCollection<BsonDocument> collection, BsonDocument document)
    {
        try
        {
            await collection.InsertOneAsync(document);
            return true;
        }
        catch (MongoException e) when (MongoErrors.IsDuplicate(e))
        {
            return false;
        }
    }

    /// <summary>Whether a claim is settled and the holder's state lacks the key. The state is touched in the same step,
    /// or a place is taken where there is none: a save that has been on its way since before does not carry the key in
    /// any more, but is a conflict.</summary>
    private async Task<bool> IsAbandonedAsync(BsonDocument claim)
    {
        if (!claim.TryGetValue(At, out var at) || !at.IsValidDateTime)
            throw SecureUserDataException.Tampered("a unique key in the database");
        if (time.GetUtcNow() - at.ToUniversalTime() < SettledAfter) return false;
        var lacks = new BsonDocument
        {
            { Documents.Id, claim.Text(Holder) },
            { MongoStates.TagField, new BsonDocument("$ne", claim.Text(Documents.Id)) },
        };
        var touch = new BsonDocument("$set", new BsonDocument(MongoStates.ETag, ObjectId.GenerateNewId().ToString()));
        if ((await _states.UpdateOneAsync(lacks, touch)).MatchedCount > 0) return true;
        return await TryInsertAsync(_states, StateDocument.NothingYet(claim.Text(Holder)));
    }
}
