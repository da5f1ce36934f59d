using System.Runtime.CompilerServices;
using MongoDB.Bson;
using MongoDB.Driver;
using SecureUserData.Cluster.Mongo;

namespace SecureUserData.Migrate.Databases;

/// <summary>What a collection holds of a kind.</summary>
/// <param name="collection">The collection.</param>
/// <param name="id">The id of its document.</param>
/// <param name="read">Reads one; a document that is not as it was written is refused. Null where there is nothing yet.
/// </param>
/// <param name="write">Makes the document of one.</param>
internal sealed class MongoPart<T>(
    IMongoCollection<BsonDocument> collection,
    Func<T, string> id,
    Func<BsonDocument, T?> read,
    Func<T, BsonDocument> write)
    : IPart<T>
    where T : class
{
    public async IAsyncEnumerable<T> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var cursor = await collection.Find(new BsonDocument()).Sort(Documents.ById).ToCursorAsync(cancellation);
        while (await cursor.MoveNextAsync(cancellation))
            foreach (var document in cursor.Current)
                if (read(document) is { } one) yield return one;
    }

    public Task WriteAsync(IReadOnlyList<Change<T>> changes) => collection.BulkWriteAsync(
        changes.Select(Model), new BulkWriteOptions { IsOrdered = false });

    private WriteModel<BsonDocument> Model(Change<T> change) => change.After is { } after
        ? new ReplaceOneModel<BsonDocument>(new BsonDocument(Documents.Id, id(after)), write(after)) { IsUpsert = true }
        : new DeleteOneModel<BsonDocument>(new BsonDocument(Documents.Id, id(change.Before!)));
}
