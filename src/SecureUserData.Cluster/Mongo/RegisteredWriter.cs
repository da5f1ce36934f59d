using MongoDB.Driver;
using SecureUserData.AccessLog;
using SecureUserData.Applications;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Mongo;

/// <summary>One writer of the log: it numbers rows, and covers those of some commits together with a batch. It is used
/// by one loop, and no further once a call has failed: what was stored then is not known, and all that may have been
/// are loose rows, as after a crash.</summary>
internal sealed class RegisteredWriter : IDisposable
{
    /// <summary>As many rows a batch covers at the least while rows keep coming: it costs as much as some of them.
    /// </summary>
    internal const int BatchRows = LogWriter.LooseRows / 4;

    private const int Attempts = 100; // each is lost to a process that began at the same time

    private static readonly InsertManyOptions InOrder = new() { IsOrdered = true };

    private readonly LogCollections _log;
    private readonly BatchChain _batches;
    private readonly List<byte[]> _open = []; // the MACs of the newest rows, which no batch covers
    private long _position;
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
        var closing = _open.Count >= BatchRows ? CloseAsync() : _closing ?? Task.CompletedTask;
        BulkWriteError? error;
        try
        {
            error = await InsertAsync(appends);
            foreach (var append in appends.Take(error?.Index ?? appends.Count))
            {
                stored(append);
                _open.Add(append.Row.Mac);
                _position++;
            }
        }
        finally
        {
            await closing;
        }
        _closing = null;
        return error;
    }

    /// <summary>Stores the batch over the newest rows, if none is over them. Until rows have come again, it is the same
    /// one.</summary>
    internal Task CloseAsync()
    {
        if (_closing is not null) return _closing;
        if (_open.Count == 0) return Task.CompletedTask;
        var batch = _batches.Next(_position - _open.Count + 1, _open);
        _open.Clear();
        return _closing = StoreBatchAsync(batch);
    }

    private async Task StoreBatchAsync(LogBatch batch)
    {
        await _log.Batches.InsertOneAsync(LogDocuments.Write(Writer, batch));
        _batches.Stored(batch);
    }

    private async Task<BulkWriteError?> InsertAsync(IReadOnlyList<LogAppend> appends)
    {
        try
        {
            await _log.Appends.InsertManyAsync(appends, InOrder);
            return null;
        }
        catch (MongoBulkWriteException<LogAppend> e)
            when (e is { WriteConcernError: null, WriteErrors.Count: 1 })
        {
            return e.WriteErrors[0];
        }
    }

    public void Dispose() => _batches.Dispose();
}
