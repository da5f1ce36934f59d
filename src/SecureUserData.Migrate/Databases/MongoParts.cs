using MongoDB.Bson;
using MongoDB.Driver;
using SecureUserData.Cluster.Mongo;
using SecureUserData.Ports;

namespace SecureUserData.Migrate.Databases;

/// <summary>What a database holds of each kind.</summary>
internal static class MongoParts
{
    internal static MongoPart<TaggedState> States(IMongoDatabase database) => new(
        database.GetCollection<BsonDocument>(MongoStates.Collection),
        state => state.Id,
        document =>
        {
            var id = document.Text(Documents.Id);
            var fields = document.GetValue(MongoStates.Document, BsonNull.Value);
            var state = StateDocument.Read(fields);
            Demand(fields.Equals(StateDocument.Write(state)) && document.ElementCount == 3, $"the state of {id}");
            _ = document.Text(MongoStates.ETag);
            return state.Version == 0 ? null : new TaggedState(id, state); // StateDocument.NothingYet
        },
        state => new BsonDocument
        {
            { Documents.Id, state.Id },
            { MongoStates.ETag, ObjectId.GenerateNewId().ToString() },
            { MongoStates.Document, StateDocument.Write(state.State) },
        });

    internal static MongoPart<NamedRecord> Records(IMongoDatabase database) => new(
        database.GetCollection<BsonDocument>(MongoRecords.Collection),
        Kinds.Records.Id,
        document =>
        {
            var record = new NamedRecord(MongoRecords.Key(document), document.Bytes(MongoRecords.Sealed));
            Demand(document.Equals(Write(record)), $"record {record.Key.Id}");
            return record;
        },
        Write);

    /// <summary>When a key was claimed is long ago: every claim is settled.</summary>
    internal static MongoPart<UniqueKey> UniqueKeys(IMongoDatabase database) => new(
        database.GetCollection<BsonDocument>(MongoUniqueKeys.Collection),
        key => key.Key,
        document =>
        {
            var key = new UniqueKey(document.Text(Documents.Id), document.Text(MongoUniqueKeys.Holder));
            Demand(
                document.ElementCount == 3 && document.GetValue(MongoUniqueKeys.At, BsonNull.Value).IsValidDateTime,
                "a unique key in the database");
            return key;
        },
        key => new BsonDocument
        {
            { Documents.Id, key.Key },
            { MongoUniqueKeys.Holder, key.Holder },
            { MongoUniqueKeys.At, new BsonDateTime(DateTime.UnixEpoch) },
        });

    internal static MongoPart<string> Erasures(IMongoDatabase database) => new(
        database.GetCollection<BsonDocument>(MongoErasureList.Collection),
        Kinds.Erasures.Id,
        document =>
        {
            var certificate = document.Text(MongoErasureList.Certificate);
            Demand(
                document.Text(Documents.Id) == MongoErasureList.Id(certificate) && document.ElementCount == 2,
                "a certificate in the erasure list");
            return certificate;
        },
        certificate => new BsonDocument
        {
            { Documents.Id, MongoErasureList.Id(certificate) },
            { MongoErasureList.Certificate, certificate },
        });

    private static BsonDocument Write(NamedRecord record) => MongoRecords.Document(record.Key, record.Envelope);

    private static void Demand(bool isAsWritten, string place)
    {
        if (!isAsWritten) throw SecureUserDataException.Tampered(place);
    }
}
