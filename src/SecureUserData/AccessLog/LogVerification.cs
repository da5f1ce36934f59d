using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Entities;
using SecureUserData.Ports;

namespace SecureUserData.AccessLog;

/// <summary>Verifies the whole access log: all chains, that every row can be found, and that whoever has a log is
/// still there and found.
/// <para>A chain may go on with another writer. So each writer is gone through up to a row whose predecessor has not
/// been met, and goes on when it has. Rows get their places in the order in which they are appended, so an authentic
/// log never comes to a stop, and memory holds one page of each writer that was there at the same time.</para>
/// </summary>
/// <param name="services">The process's services.</param>
/// <param name="context">The engine's own way to entities.</param>
/// <param name="taken">Told of each row that holds, in an order in which every chain is; null for nobody.</param>
internal sealed class LogVerification(
    DomainServices services, IEntityContext context, Func<LogRow, ValueTask>? taken = null)
{
    private readonly Dictionary<string, (long Sequence, byte[] Mac)> _heads = [];
    private readonly Dictionary<string, List<WriterRows>> _waiting = [];
    private readonly Queue<WriterRows> _ready = new();
    private readonly List<WriterRows> _writers = [];
    private readonly ExpiredRows _expired = new();
    private readonly IAccessLog _log = services.Ports.Log;
    private long _entries;

    /// <summary>Goes through all rows.</summary>
    /// <param name="progress">Told how many rows are done.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Where the log ends.</returns>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> with the first place.</exception>
    internal async Task<VerifiedHeads> RunAsync(IProgress<long>? progress, CancellationToken cancellation)
    {
        await _log.CheckAsync(cancellation);
        await services.Ports.States.CheckAsync();
        try
        {
            await ReadAllAsync(progress, cancellation);
        }
        finally
        {
            foreach (var writer in _writers) writer.Dispose();
        }
        if (_expired.FirstUncovered is { } place) throw SecureUserDataException.Tampered(place);
        await CheckOwnersAsync(cancellation);
        return new VerifiedHeads(
            _entries,
            [.. _writers.Select(rows => new WriterHead(rows.Writer, rows.Newest, rows.Loose))],
            _heads);
    }

    /// <summary>Goes through all writers, and again while a row waits for one before it: that one may have been
    /// appended after its own writer was gone through. The second time all that came before the row is met, so a row
    /// that still waits then waits in vain.</summary>
    private async Task ReadAllAsync(IProgress<long>? progress, CancellationToken cancellation)
    {
        List<LogRow> stopped = [];
        do
        {
            var waited = stopped.Select(row => (row.Chain, row.Sequence)).ToHashSet();
            foreach (var writer in await LogWriter.AfterAsync(
                _log, services.Installation, _writers.LastOrDefault()?.Writer))
                _writers.Add(new WriterRows(_log, services.Installation, writer));
            _waiting.Clear();
            foreach (var writer in _writers)
            {
                writer.LookAgain();
                _ready.Enqueue(writer);
                while (_ready.TryDequeue(out var next)) await GoOnAsync(next, progress, cancellation);
            }
            stopped = [.. _writers.Select(writer => writer.Current).OfType<LogRow>()];
            if (stopped.Any(row => waited.Contains((row.Chain, row.Sequence))))
                throw SecureUserDataException.Tampered(await FirstMissingAsync(stopped));
        }
        while (stopped.Count > 0);
    }

    /// <summary>Takes a writer's rows up to one that has to wait.</summary>
    private async Task GoOnAsync(WriterRows writer, IProgress<long>? progress, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        while (await writer.PeekAsync() is { } row)
        {
            if (!writer.Writer.IsOnly && row.Sequence > Head(row.Chain).Sequence + 1)
            {
                if (!_waiting.TryGetValue(row.Chain, out var others)) _waiting[row.Chain] = others = [];
                others.Add(writer);
                return;
            }
            await CheckRowAsync(row);
            writer.Take();
            if (taken is not null) await taken(row);
            if (_waiting.Count > 0 && _waiting.Remove(row.Chain, out var ready)) ready.ForEach(_ready.Enqueue);
            if (++_entries % Limits.PageItems != 0) continue;
            progress?.Report(_entries);
            cancellation.ThrowIfCancellationRequested();
        }
        progress?.Report(_entries);
    }

    /// <summary>What rows wait for in vain. Those that wait for a row that is there wait for somebody else who waits.
    /// </summary>
    private async Task<string> FirstMissingAsync(IReadOnlyList<LogRow> stopped)
    {
        var missing = stopped.Select(row => (row.Chain, Sequence: Head(row.Chain).Sequence + 1)).ToList();
        foreach (var (chain, sequence) in missing)
            if (await _log.ReadAsync(chain, sequence, 1) is not [var row] || row.Sequence != sequence)
                return LogMac.Place(chain, sequence);
        return LogMac.Place(missing[0].Chain, missing[0].Sequence);
    }

    /// <summary>A state is never deleted. Only a crash between the first entry and the state leaves a chain without
    /// one. Look-ups have none of their own: their owner is the application.</summary>
    private async Task CheckOwnersAsync(CancellationToken cancellation)
    {
        foreach (var (chain, head) in _heads)
        {
            cancellation.ThrowIfCancellationRequested();
            var owner = LookUpsId.TryParse(chain, out var lookUps) ? lookUps.App.ToString() : chain;
            if (head.Sequence > 1 && await services.Ports.Slot(owner).LoadAsync() is null)
                throw SecureUserDataException.Tampered($"the state of {owner}");
        }
    }

    private async ValueTask CheckRowAsync(LogRow row)
    {
        var head = Head(row.Chain);
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

    private (long Sequence, byte[] Mac) Head(string chain) =>
        _heads.TryGetValue(chain, out var head) ? head : (0, LogMac.Start);

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
