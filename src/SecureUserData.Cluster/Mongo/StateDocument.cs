using MongoDB.Bson;
using Orleans.Providers.MongoDB.StorageProviders.Serializers;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Mongo;

/// <summary>A stored state as a document, <c>{ v, owner, tags, body }</c>. It names no type: what a body is decides the
/// entity that it is bound to.</summary>
internal sealed class StateDocument : IGrainStateSerializer
{
    internal const string Tags = "tags";

    private const string Version = "v";
    private const string Owner = "owner";
    private const string Body = "body";

    public BsonValue Serialize<T>(T state) => state is StoredState stored
        ? Write(stored)
        : throw new NotSupportedException("Only entities keep their state here.");

    public T Deserialize<T>(BsonValue value) => (T)(object)Read(value);

    internal static StoredState Read(BsonValue value)
    {
        if (value is not BsonDocument document || !document.TryGetValue(Tags, out var list)
            || list is not BsonArray tags || !tags.All(tag => tag.IsString))
            throw SecureUserDataException.Tampered("a state in the database");
        return new StoredState(
            document.Number(Version),
            document.Text(Owner),
            [.. tags.Select(tag => tag.AsString)],
            document.Bytes(Body));
    }

    /// <summary>The document of an entity that has stored nothing yet, version 0: whoever has looked before it was
    /// there cannot store any more.</summary>
    internal static BsonDocument NothingYet(string entity) => new()
    {
        { Documents.Id, entity },
        { MongoStates.ETag, ObjectId.GenerateNewId().ToString() },
        { MongoStates.Document, Write(new StoredState(0, "", [], [])) },
    };

    internal static BsonDocument Write(StoredState state) => new()
    {
        { Version, state.Version },
        { Owner, state.Owner },
        { Tags, new BsonArray(state.Tags) },
        { Body, new BsonBinaryData(state.Body) },
    };
}
