using MongoDB.Bson;
using MongoDB.Driver;
using SecureUserData.AccessLog;
using SecureUserData.Applications;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Mongo;

/// <summary>One writer of the log: it numbers rows, and covers those of each commit with a batch. It is used by one
/// loop, and no further once a call has failed: what was stored then is not known, and all that may have been are loose
/// rows, as after a crash.</summary>
internal sealed class RegisteredWriter : IDisposable
{
    private const int Attempts = 100; // each is lost to a process that began at the same time

    private readonly LogCollections _log;
    private readonly BatchChain _batches;
    private long _position;
    private LogBatch? _open;
    private Task? _closing;

    private RegisteredWriter(LogCollections log, InstallationKeys keys, LogWriter writer)
    {
        _log = log;
        _batches = new BatchChain(keys, writer, last: null);
        Writer = writer;
    }

    internal LogWriter Writer { get; }

    /// <summary>Registers a new writer after the newest one.</summary>
    internal static async Task<RegisteredWriter> BeginAsync(LogCollections log, InstallationKeys keys)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var writer = LogWriter.Next(keys, await log.NewestWriterAsync());
            try
            {
                await log.Writers.InsertOneAsync(LogDocuments.Write(writer));
                return new RegisteredWriter(log, keys, writer);
            }
            catch (MongoException e) when (MongoErrors.IsDuplicate(e))
            {
                // another process has the number: the next one
            }
        }
        throw MongoErrors.Unavailable();
    }

    /// <summary>Stores rows, at most one of each chain, in their order and up to the first that fails, while the batch
    /// over the rows before is stored. So positions have no gaps and never change, and readers see them in order.
    /// </summary>
    /// <param name="appends">Next of their chains, as far as is known.</param>
    /// <param name="stored">Called for each that is stored.</param>
    /// <returns>What failed, with its index; those after it were not tried. Null when all were stored.</returns>
    internal async Task<BulkWriteError?> StoreAsync(IReadOnlyList<LogAppend> appends, Action<LogAppend> stored)
    {
        for (var i = 0; i < appends.Count; i++) appends[i].Place(Writer.Number, _position + 1 + i);
        var closing = CloseAsync();
        BulkWriteError? error;
        int count;
        try
        {
            error = await InsertAsync(appends);
            count = error?.Index ?? appends.Count;
            for (var i = 0; i < count; i++) stored(appends[i]);
        }
        finally
        {
            await closing;
        }
        (_open, _closing) = (null, null);
        if (count == 0) return error;
        _open = _batches.Next(_position + 1, [.. appends.Take(count).Select(append => append.Row.Mac)]);
        _position += count;
        return error;
    }

    /// <summary>Stores the batch over the newest rows, if it is not stored.</summary>
    internal Task CloseAsync() => _open is null ? Task.CompletedTask : _closing ??= StoreBatchAsync(_open);

    private async Task StoreBatchAsync(LogBatch batch)
    {
        await _log.Batches.InsertOneAsync(LogDocuments.Write(Writer, batch));
        _batches.Stored(batch);
    }

    private async Task<BulkWriteError?> InsertAsync(IReadOnlyList<LogAppend> appends)
    {
        try
        {
            await _log.Rows.InsertManyAsync(
                appends.Select(append => append.Document), new InsertManyOptions { IsOrdered = true });
            return null;
        }
        catch (MongoBulkWriteException<BsonDocument> e)
            when (e is { WriteConcernError: null, WriteErrors.Count: 1 })
        {
            return e.WriteErrors[0];
        }
    }

    public void Dispose() => _batches.Dispose();
}
