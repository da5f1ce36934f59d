using System.Security.Cryptography;
using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Entities;
using SecureUserData.Ports;

namespace SecureUserData.AccessLog;

/// <summary>Verifies the whole access log: both chains, that every row can be found, and that whoever has a log is
/// still there and found.</summary>
/// <param name="services">The process's services.</param>
/// <param name="context">The engine's own way to entities.</param>
internal sealed class LogVerification(DomainServices services, IEntityContext context)
{
    private const int PageRows = Limits.PageItems;

    private readonly Dictionary<string, (long Sequence, byte[] Mac)> _heads = [];
    private readonly ExpiredRows _expired = new();
    private readonly IAccessLog _log = services.Ports.Log;
    private readonly Queue<LogBatch> _batches = new();
    private LogBatch? _batch;
    private LogBatch? _previous;
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Goes through all rows.</summary>
    /// <param name="progress">Told how many rows are done.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Where the log ends.</returns>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> with the first place.</exception>
    internal async Task<VerifiedHeads> RunAsync(IProgress<long>? progress, CancellationToken cancellation)
    {
        await _log.CheckAsync(cancellation);
        await services.Ports.States.CheckAsync();
        long position = 0;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var rows = await _log.ScanAsync(1, position, PageRows);
            if (rows.Count == 0)
            {
                if ((_batch ??= await NextBatchAsync()) is null) break;
                rows = await _log.ScanAsync(1, position, PageRows); // a commit may have come between the two looks
                if (rows.Count == 0) throw SecureUserDataException.Tampered($"row {position + 1} of the access log");
            }
            foreach (var row in rows)
            {
                if (row.Position != ++position)
                    throw SecureUserDataException.Tampered($"row {position} of the access log");
                await CheckBatchAsync(row);
                await CheckRowAsync(row.Row);
            }
            progress?.Report(position);
        }
        if (_expired.FirstUncovered is { } place) throw SecureUserDataException.Tampered(place);
        await CheckOwnersAsync(cancellation);
        return new VerifiedHeads(position, _previous, _heads);
    }

    /// <summary>A state is never deleted. Only a crash between the first entry and the state leaves a chain without
    /// one.</summary>
    private async Task CheckOwnersAsync(CancellationToken cancellation)
    {
        foreach (var (chain, head) in _heads)
        {
            cancellation.ThrowIfCancellationRequested();
            if (head.Sequence > 1 && await services.Ports.Slot(chain).LoadAsync() is null)
                throw SecureUserDataException.Tampered($"the state of {chain}");
        }
    }

    private async ValueTask CheckBatchAsync(LogScanRow row)
    {
        _batch ??= await NextBatchAsync()
            ?? throw SecureUserDataException.Tampered($"the batch of row {row.Position} of the access log");
        _digest.AppendData(row.Row.Mac);
        if (row.Position < _batch.Last) return;
        if (!CryptographicOperations.FixedTimeEquals(_digest.GetHashAndReset(), _batch.Digest))
            throw SecureUserDataException.Tampered($"rows {_batch.First} to {_batch.Last} of the access log");
        _batch = null;
    }

    private async ValueTask<LogBatch?> NextBatchAsync()
    {
        if (_batches.Count == 0)
            foreach (var stored in await _log.BatchesAsync(1, _previous?.Number ?? 0, PageRows))
                _batches.Enqueue(stored);
        if (!_batches.TryDequeue(out var batch)) return null;
        if (!BatchChain.Verify(services.Installation, LogWriter.Only, _previous, batch))
            throw SecureUserDataException.Tampered($"batch {(_previous?.Number ?? 0) + 1} of the access log");
        return _previous = batch;
    }

    private async ValueTask CheckRowAsync(LogRow row)
    {
        var head = _heads.TryGetValue(row.Chain, out var known) ? known : (Sequence: 0, Mac: LogMac.Start);
        var place = LogMac.Place(row.Chain, head.Sequence + 1);
        if (row.Sequence != head.Sequence + 1) throw SecureUserDataException.Tampered(place);
        _heads[row.Chain] = (row.Sequence, row.Mac);
        if (ExpiredBody.TryRead(row.Body, out var owner))
        {
            _expired.Add(row.Chain, row.Sequence, owner);
            return;
        }
        var entry = LogEntry.Parse(row.Body, place);
        if (entry.App is null)
        {
            if (row.Chain != new InstallationId().ToString()) throw SecureUserDataException.Tampered(place);
            Check(services.Installation.Log);
        }
        else
        {
            if (!AppId.TryParse(entry.App, out var app)) throw SecureUserDataException.Tampered(place);
            using var lease = await RentAsync(app, place);
            Check(lease.Keys.Log);
        }
        _expired.Cover(row.Chain, row.Sequence, entry);

        void Check(VersionedKeys keys)
        {
            if (keys.Find(entry.KeyVersion) is not { } key || !LogMac.Verify(key, head.Mac, row))
                throw SecureUserDataException.Tampered(place);
        }
    }

    private async ValueTask<KeyLease> RentAsync(AppId app, string place)
    {
        try
        {
            return await services.Keyring.RentAsync(app, context);
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.NotFound)
        {
            throw SecureUserDataException.Tampered(place);
        }
    }
}

/// <summary>Where a log ends that was verified.</summary>
/// <param name="Entries">How many entries it has.</param>
/// <param name="Newest">The newest batch; null for an empty log.</param>
/// <param name="Chains">The newest entry of each chain.</param>
internal sealed record VerifiedHeads(
    long Entries, LogBatch? Newest, IReadOnlyDictionary<string, (long Sequence, byte[] Mac)> Chains);

/// <summary>What a verification went through without finding anything wrong.</summary>
/// <param name="Entries">Rows of the access log.</param>
/// <param name="Chains">Chains of users, applications and the installation.</param>
public sealed record LogVerified(long Entries, int Chains);
