using MongoDB.Bson;
using MongoDB.Driver;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Mongo;

/// <summary>The collections of the access log.</summary>
internal sealed class LogCollections(IMongoDatabase database)
{
    internal static readonly BsonDocument ByPosition =
        new() { { LogDocuments.Writer, 1 }, { LogDocuments.Position, 1 } };

    internal IMongoCollection<BsonDocument> Rows { get; } = database.GetCollection<BsonDocument>("log");

    /// <summary>The same collection, for rows on their way into it.</summary>
    internal IMongoCollection<LogAppend> Appends { get; } = database.GetCollection<LogAppend>("log");

    internal IMongoCollection<BsonDocument> Batches { get; } = database.GetCollection<BsonDocument>("log_batches");

    internal IMongoCollection<BsonDocument> Writers { get; } = database.GetCollection<BsonDocument>("log_writers");

    internal Task PrepareAsync() => Rows.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(ByPosition));

    /// <summary>The newest writer, also one that a majority does not have yet: what is registered after it is not kept
    /// without it.</summary>
    internal async Task<LogWriter?> NewestWriterAsync()
    {
        var newest = await Writers.WithReadConcern(ReadConcern.Local)
            .Find(new BsonDocument()).Sort(Newest).Limit(1).ToListAsync();
        return newest is [var writer] ? LogDocuments.ReadWriter(writer) : null;
    }

    internal static readonly BsonDocument Newest = new(Documents.Id, -1);
}
