using MongoDB.Bson;
using MongoDB.Driver;
using SecureUserData.Cluster.Mongo;
using SecureUserData.Ports;

namespace SecureUserData.Migrate.Databases;

/// <summary>The log in a database, of the writer that moved there.</summary>
internal sealed class MongoLogPart(LogCollections log) : ILogPart
{
    private static readonly LogWriter Only = LogWriter.Only;

    public async Task<IReadOnlyList<LogScanRow>> ReadRowsAsync(long after, int limit)
    {
        var later = new BsonDocument
        {
            { LogDocuments.Writer, Only.Number }, { LogDocuments.Position, new BsonDocument("$gt", after) },
        };
        var found = await log.Rows.Find(later).Sort(LogCollections.ByPosition).Limit(limit).ToListAsync();
        return found.ConvertAll(row => new LogScanRow(row.Number(LogDocuments.Position), LogDocuments.ReadRow(row)));
    }

    public async Task<IReadOnlyList<LogBatch>> ReadBatchesAsync(long after, int limit)
    {
        var found = await log.Batches.Ordered(LogDocuments.BatchesAfter(Only.Number, after), limit).ToListAsync();
        return found.ConvertAll(LogDocuments.ReadBatch);
    }

    public async Task<long> CountOthersAsync()
    {
        var ofOthers = new BsonDocument("$or", new BsonArray
        {
            new BsonDocument(LogDocuments.Writer, new BsonDocument("$ne", Only.Number)),
            new BsonDocument(LogDocuments.Position, new BsonDocument("$lt", 1L)),
        });
        var own = LogDocuments.BatchesAfter(Only.Number, 0);
        var writers = await log.Writers.Find(new BsonDocument()).Limit(Limits.PageItems).ToListAsync();
        return await log.Rows.CountDocumentsAsync(ofOthers)
            + await log.Batches.CountDocumentsAsync(new BsonDocument())
            - await log.Batches.CountDocumentsAsync(own)
            + (writers is [var one] && one.Equals(LogDocuments.Write(Only)) ? 0 : 1);
    }

    public Task WriteRowsAsync(IReadOnlyList<LogScanRow> rows) => PutAsync(
        log.Rows, rows.Select(row => LogDocuments.Write(row.Row, Only.Number, row.Position)));

    public Task WriteBatchesAsync(IReadOnlyList<LogBatch> batches) =>
        PutAsync(log.Batches, batches.Select(batch => LogDocuments.Write(Only, batch)));

    /// <summary>The writer comes last: without it nothing of what was written is the log's.</summary>
    public Task EndAsync() => PutAsync(log.Writers, [LogDocuments.Write(Only)]);

    private static Task PutAsync(IMongoCollection<BsonDocument> collection, IEnumerable<BsonDocument> documents) =>
        collection.BulkWriteAsync(
            documents.Select(document => new ReplaceOneModel<BsonDocument>(
                new BsonDocument(Documents.Id, document[Documents.Id]), document) { IsUpsert = true }),
            new BulkWriteOptions { IsOrdered = false });
}
