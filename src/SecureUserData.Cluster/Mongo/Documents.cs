using MongoDB.Bson;
using MongoDB.Driver;

namespace SecureUserData.Cluster.Mongo;

/// <summary>Reads fields of stored documents in the type that they were written in.</summary>
internal static class Documents
{
    internal const string Id = "_id";

    internal static readonly BsonDocument ById = new(Id, 1);

    internal static string Text(this BsonDocument document, string field) =>
        document.TryGetValue(field, out var value) && value.IsString ? value.AsString : throw Changed(field);

    internal static long Number(this BsonDocument document, string field) =>
        document.TryGetValue(field, out var value) && value.IsInt64 ? value.AsInt64 : throw Changed(field);

    internal static byte[] Bytes(this BsonDocument document, string field) =>
        document.TryGetValue(field, out var value) && value is BsonBinaryData binary
            ? binary.Bytes
            : throw Changed(field);

    /// <summary>Ids above one and below another, in the order of their bytes.</summary>
    internal static BsonDocument Between(string after, string before) =>
        new(Id, new BsonDocument { { "$gt", after }, { "$lt", before } });

    internal static BsonDocument OneOf(IEnumerable<string> ids) =>
        new(Id, new BsonDocument("$in", new BsonArray(ids)));

    /// <summary>The documents that a filter finds, in the order of their ids.</summary>
    internal static IFindFluent<BsonDocument, BsonDocument> Ordered(
        this IMongoCollection<BsonDocument> collection, BsonDocument filter, int limit, FindOptions? options = null) =>
        collection.Find(filter, options).Sort(ById).Limit(limit);

    private static SecureUserDataException Changed(string field) =>
        SecureUserDataException.Tampered($"a field '{field}' in the database");
}
