using System.Security.Cryptography;
using SecureUserData.Applications;
using SecureUserData.Ports;

namespace SecureUserData.AccessLog;

/// <summary>One writer's rows in their order, each held against the writer's batches. Where there are several writers,
/// those after its last batch are loose: it may not have finished that batch yet, or was killed before.</summary>
/// <param name="log">The log.</param>
/// <param name="keys">The installation's keys.</param>
/// <param name="writer">The writer.</param>
internal sealed class WriterRows(IAccessLog log, InstallationKeys keys, LogWriter writer) : IDisposable
{
    private const int PageRows = Limits.PageItems;

    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Queue<LogBatch> _batches = new();
    private readonly Dictionary<long, byte[]> _loose = [];
    private IReadOnlyList<LogScanRow> _page = [];
    private int _next;
    private bool _isLoose;
    private long _position;
    private LogBatch? _batch;
    private LogScanRow? _current;

    internal LogWriter Writer => writer;

    /// <summary>The newest batch met; null when there is none.</summary>
    internal LogBatch? Newest { get; private set; }

    /// <summary>Rows taken that no batch covers.</summary>
    internal int Loose => _loose.Count;

    /// <summary>The row that was looked at and not taken.</summary>
    internal LogRow? Current => _current?.Row;

    /// <summary>The next row that was not taken; null at the end, where the next call looks whether more has come.
    /// </summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> with the first place.</exception>
    internal async ValueTask<LogRow?> PeekAsync()
    {
        while (_current is null)
        {
            if (_next == _page.Count && !await ReadPageAsync()) return null;
            if (!_isLoose && !await IsInBatchAsync())
            {
                await ReadLooseAsync();
                continue;
            }
            var row = _page[_next++];
            if (!WasTaken(row)) _current = row;
        }
        return Current;
    }

    /// <summary>Takes the row that was looked at.</summary>
    internal void Take()
    {
        if (_isLoose) _loose.Add(_current!.Value.Position, _current.Value.Row.Mac);
        _current = null;
    }

    /// <summary>Looks again at what was loose: a batch may have come, or a row before another.</summary>
    internal void LookAgain()
    {
        if (!_isLoose) return;
        _isLoose = false;
        _current = null;
        Turn([]);
    }

    internal SecureUserDataException Missing(long position) =>
        SecureUserDataException.Tampered(writer.Place($"row {position}"));

    private bool IsNextThere => _next < _page.Count && _page[_next].Position == _position + 1;

    /// <summary>Whether a row was taken when it was loose; it is the same one still.</summary>
    private bool WasTaken(LogScanRow row)
    {
        if (_loose.Count == 0 || !_loose.TryGetValue(row.Position, out var mac)) return false;
        if (!CryptographicOperations.FixedTimeEquals(mac, row.Row.Mac)) throw Missing(row.Position);
        if (!_isLoose) _loose.Remove(row.Position);
        return true;
    }

    private async ValueTask<bool> ReadPageAsync()
    {
        Turn([]);
        if (_isLoose) return false;
        Turn(await log.ScanAsync(writer.Number, _position, PageRows));
        if (_page.Count > 0) return true;
        if ((_batch ??= await NextBatchAsync()) is null) return false;
        Turn(await log.ScanAsync(writer.Number, _position, PageRows)); // a commit may have come meanwhile
        return _page.Count > 0 ? true : throw Missing(_position + 1);
    }

    /// <summary>Reads all that is after the last batch, and then looks again whether there is another one.</summary>
    private async Task ReadLooseAsync()
    {
        var rows = new List<LogScanRow>();
        while (rows.Count <= LogWriter.LooseRows
            && await log.ScanAsync(writer.Number, rows.Count == 0 ? _position : rows[^1].Position, PageRows)
                is { Count: > 0 } page)
            rows.AddRange(page);
        _batch = await NextBatchAsync();
        _isLoose = _batch is null;
        if (_isLoose && rows.Count > LogWriter.LooseRows) throw WithoutBatch(rows[0].Position);
        Turn(_isLoose ? rows : []);
    }

    private void Turn(IReadOnlyList<LogScanRow> page) => (_page, _next) = (page, 0);

    /// <summary>Takes the next row into its batch; false when there is no batch after the last one.</summary>
    private async ValueTask<bool> IsInBatchAsync()
    {
        if (writer.IsOnly && !IsNextThere) throw Missing(_position + 1);
        _batch ??= await NextBatchAsync();
        if (_batch is not { } batch) return writer.IsOnly ? throw WithoutBatch(_position + 1) : false;
        if (!IsNextThere) // the page may have been read before the whole batch was there
            Turn(await log.ScanAsync(writer.Number, _position, PageRows));
        if (!IsNextThere) throw Missing(_position + 1);
        _position++;
        _digest.AppendData(_page[_next].Row.Mac);
        if (_position < batch.Last) return true;
        if (!CryptographicOperations.FixedTimeEquals(_digest.GetHashAndReset(), batch.Digest))
            throw SecureUserDataException.Tampered(writer.Place($"rows {batch.First} to {batch.Last}"));
        _batch = null;
        return true;
    }

    private async ValueTask<LogBatch?> NextBatchAsync()
    {
        if (_batches.Count == 0)
            foreach (var stored in await log.BatchesAsync(writer.Number, Newest?.Number ?? 0, PageRows))
                _batches.Enqueue(stored);
        if (!_batches.TryDequeue(out var batch)) return null;
        if (!BatchChain.Verify(keys, writer, Newest, batch))
            throw SecureUserDataException.Tampered(writer.Place($"batch {(Newest?.Number ?? 0) + 1}"));
        return Newest = batch;
    }

    private SecureUserDataException WithoutBatch(long position) =>
        SecureUserDataException.Tampered(writer.Place($"the batch of row {position}"));

    public void Dispose() => _digest.Dispose();
}
