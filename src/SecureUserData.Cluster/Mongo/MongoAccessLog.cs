using MongoDB.Bson;
using MongoDB.Driver;
using SecureUserData.Applications;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Mongo;

/// <summary>The access log in MongoDB: every process is a writer of its own, see <see cref="LogDocuments"/> and
/// <see cref="LogCommits"/>.</summary>
internal sealed class MongoAccessLog(LogCollections log, InstallationKeys keys) : IAccessLog, IAsyncDisposable
{
    private const int CheckedAtOnce = 1_000;

    private static readonly BsonDocument IdOnly = new(Documents.Id, 1);
    private static readonly BsonDocument Place = new() { { LogDocuments.Writer, 1 }, { LogDocuments.Position, 1 } };

    private readonly LogCommits _commits = new(log, keys);

    public LogWriter? Own => _commits.Writer;

    public Task AppendAsync(LogRow row) => _commits.AppendAsync(row);

    public Task ExpireAsync(string chain, IReadOnlyList<long> sequences, byte[] body) => MongoErrors.RunAsync(() =>
        log.Rows.UpdateManyAsync(
            Documents.OneOf(sequences.Where(sequence => sequence > 0)
                .Select(sequence => LogDocuments.Id(chain, sequence))),
            new BsonDocument("$set", new BsonDocument(LogDocuments.Body, new BsonBinaryData(body)))));

    public async ValueTask<IReadOnlyList<LogRow>> TailAsync(string chain, int count) =>
        await MongoErrors.RunAsync(async () =>
        {
            var found = await log.Rows.Find(LogDocuments.From(chain, 1))
                .Sort(LogCollections.Newest).Limit(count).ToListAsync();
            return found.ConvertAll(LogDocuments.ReadRow);
        });

    public async ValueTask<IReadOnlyList<LogRow>> ReadAsync(string chain, long from, int limit) =>
        await MongoErrors.RunAsync(async () =>
        {
            var found = await log.Rows.Ordered(LogDocuments.From(chain, from), limit).ToListAsync();
            return found.ConvertAll(LogDocuments.ReadRow);
        });

    public async ValueTask<IReadOnlyList<LogWriter>> WritersAsync(long after, int limit) =>
        await MongoErrors.RunAsync(async () =>
        {
            var later = new BsonDocument(Documents.Id, new BsonDocument("$gt", after));
            return (await log.Writers.Ordered(later, limit).ToListAsync()).ConvertAll(LogDocuments.ReadWriter);
        });

    public async ValueTask<IReadOnlyList<LogScanRow>> ScanAsync(long writer, long after, int limit) =>
        await MongoErrors.RunAsync(async () =>
        {
            var later = new BsonDocument
            {
                { LogDocuments.Writer, writer },
                { LogDocuments.Position, new BsonDocument("$gt", after) },
            };
            var found = await log.Rows.Find(later).Sort(LogCollections.ByPosition).Limit(limit).ToListAsync();
            return found.ConvertAll(row =>
                new LogScanRow(row.Number(LogDocuments.Position), LogDocuments.ReadRow(row)));
        });

    public async ValueTask<IReadOnlyList<LogBatch>> BatchesAsync(long writer, long after, int limit)
    {
        await CloseOwnAsync(writer);
        var found = await MongoErrors.RunAsync(() =>
            log.Batches.Ordered(LogDocuments.BatchesAfter(writer, after), limit).ToListAsync());
        return found.ConvertAll(LogDocuments.ReadBatch);
    }

    public async ValueTask<LogBatch?> NewestBatchAsync(long writer)
    {
        await CloseOwnAsync(writer);
        var found = await MongoErrors.RunAsync(() => log.Batches
            .Find(LogDocuments.BatchesAfter(writer, 0)).Sort(LogCollections.Newest).Limit(1).ToListAsync());
        return found is [var batch] ? LogDocuments.ReadBatch(batch) : null;
    }

    /// <summary>Goes over the collection itself: each row is found by its chain, and at a place where a scan of a
    /// registered writer comes by. That scans miss none is seen by their batches.</summary>
    public Task CheckAsync(CancellationToken cancellation) => MongoErrors.RunAsync(async () =>
    {
        var newest = await log.NewestWriterAsync();
        var all = new FindOptions { Hint = new BsonDocument("$natural", 1), BatchSize = CheckedAtOnce };
        using var cursor = await log.Rows.Find(new BsonDocument(), all).Project(Place).ToCursorAsync(cancellation);
        while (await cursor.MoveNextAsync(cancellation))
        {
            var rows = cursor.Current.ToList();
            if (rows.Any(row => row.Number(LogDocuments.Writer) > (newest?.Number ?? 0)))
                newest = await log.NewestWriterAsync(); // it may have begun in the meantime
            foreach (var row in rows)
                if (row.Number(LogDocuments.Position) < 1
                    || row.Number(LogDocuments.Writer) is var writer && (writer < 1 || writer > (newest?.Number ?? 0)))
                    throw Lost(row.Text(Documents.Id));
            var ids = rows.ConvertAll(row => row.Text(Documents.Id));
            var byId = await log.Rows.Find(Documents.OneOf(ids), new FindOptions { Hint = Documents.ById })
                .Project(IdOnly).ToListAsync(cancellation);
            foreach (var id in ids.Except(byId.Select(row => row.Text(Documents.Id)))) throw Lost(id);
        }
    });

    /// <summary>The batch over the rows that this process has stored last may be on its way.</summary>
    private Task CloseOwnAsync(long writer) =>
        Own?.Number == writer ? _commits.CloseBatchAsync() : Task.CompletedTask;

    private static SecureUserDataException Lost(string row) =>
        SecureUserDataException.Tampered($"row {row} of the access log");

    public ValueTask DisposeAsync() => _commits.DisposeAsync();
}
