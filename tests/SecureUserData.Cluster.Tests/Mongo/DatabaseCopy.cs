using System.Security.Cryptography;
using MongoDB.Bson;
using MongoDB.Driver;

namespace SecureUserData.Cluster.Tests.Mongo;

/// <summary>All documents of a database, as a backup has them.</summary>
internal sealed class DatabaseCopy
{
    private readonly string _database;
    private readonly SortedDictionary<string, List<BsonDocument>> _collections = new(StringComparer.Ordinal);

    private DatabaseCopy(string database) => _database = database;

    /// <summary>The same for the same documents only.</summary>
    internal string Digest => Convert.ToHexString(SHA256.HashData(new BsonDocument(
        _collections.Select(one => new BsonElement(one.Key, new BsonArray(one.Value)))).ToBson()));

    /// <summary>The documents in which a text stands.</summary>
    internal IEnumerable<string> With(string text) => _collections
        .SelectMany(one => one.Value.Select(document => (Collection: one.Key, Text: document.ToString())))
        .Where(document => document.Text.Contains(text, StringComparison.Ordinal))
        .Select(document => document.Collection);

    internal static async Task<DatabaseCopy> MakeAsync(string database)
    {
        var copy = new DatabaseCopy(database);
        using var client = new MongoClient(MongoServer.ConnectionString);
        var from = client.GetDatabase(database);
        foreach (var name in await (await from.ListCollectionNamesAsync()).ToListAsync())
            copy._collections[name] = await from.GetCollection<BsonDocument>(name)
                .Find(new BsonDocument()).Sort(new BsonDocument("_id", 1)).ToListAsync();
        return copy;
    }

    internal async Task PutBackAsync()
    {
        using var client = new MongoClient(MongoServer.ConnectionString);
        await client.DropDatabaseAsync(_database);
        foreach (var (name, documents) in _collections)
            if (documents.Count > 0)
                await client.GetDatabase(_database).GetCollection<BsonDocument>(name).InsertManyAsync(documents);
    }
}
