using System.Buffers.Text;
using System.Globalization;
using SecureUserData.Entities;

namespace SecureUserData.AccessLog;

/// <summary>Compares a log that was just verified with what was kept elsewhere. Whoever cuts newest entries off or sets
/// the whole database back leaves a log that holds together, but it lacks something of what was kept.</summary>
internal sealed class LogComparison(DomainServices services, LogEvidence evidence)
{
    private readonly string _key = services.Installation.Certificates.PublicKeyPem();
    private readonly List<LogAnchorStatement> _anchors = [];
    private readonly List<ErasureStatement> _certificates = [];

    /// <summary>Refuses what this installation has not signed, before the log is gone through.</summary>
    internal async Task CheckAsync(CancellationToken cancellation)
    {
        foreach (var anchor in evidence.Anchors) _anchors.Add(await ReadAsync(anchor, null, cancellation));
        foreach (var certificate in evidence.Certificates)
            _certificates.Add(ErasureCertificate.Verify(certificate, _key));
    }

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> with the first place.</exception>
    internal async Task RunAsync(VerifiedHeads log, CancellationToken cancellation)
    {
        foreach (var (anchor, statement) in evidence.Anchors.Zip(_anchors))
        {
            var source = $"the anchor of {Time(statement.At)}";
            string? place = null;
            // All of it is read before anything is said: it may have been changed since it was checked.
            await ReadAsync(anchor, async head => place ??= await FindAsync(log, head, source), cancellation);
            foreach (var newest in statement.Writers ?? (statement.Newest is { } only ? [only] : []))
                place ??= await FindAsync(log, newest, source);
            Demand(place);
        }
        foreach (var certificate in _certificates)
        {
            var source = $"the certificate of {Time(certificate.ErasedAt)}";
            var head = new LogHead(certificate.User, certificate.LogSequence, certificate.LogMac);
            Demand(await FindAsync(log, head, source));
            if (certificate.LogBatch is { } batch) Demand(await FindAsync(log, batch, source));
        }
        foreach (var export in evidence.Exports)
            Demand(await FindAsync(log, export.Log, $"the export of {Time(export.At)}"));
    }

    private Task<LogAnchorStatement> ReadAsync(
        Stream anchor, Func<LogHead, ValueTask>? head, CancellationToken cancellation)
    {
        anchor.Position = 0;
        return LogAnchor.VerifyAsync(anchor, _key, head, cancellation);
    }

    /// <summary>What is wrong with a chain; null when it has what it had.</summary>
    private async ValueTask<string?> FindAsync(VerifiedHeads log, LogHead kept, string source)
    {
        if (!log.Chains.TryGetValue(kept.Chain, out var head))
            return $"the access log of {kept.Chain} is gone: {source} has it up to entry {kept.Sequence}";
        if (head.Sequence < kept.Sequence)
            return $"the access log of {kept.Chain} is shorter than {source} says: "
                + $"it ends with entry {head.Sequence}, not {kept.Sequence}";
        var mac = head.Sequence == kept.Sequence
            ? head.Mac
            : await new Chain(kept.Chain, null, services.Ports.Log).MacAsync(kept.Sequence);
        return Base64Url.EncodeToString(mac) == kept.Mac
            ? null
            : $"{LogMac.Place(kept.Chain, kept.Sequence)} is not the one that {source} has";
    }

    /// <summary>What is wrong with a writer's chain over all its entries.</summary>
    private async ValueTask<string?> FindAsync(VerifiedHeads log, LogBatchHead kept, string source)
    {
        if (evidence.ChainsOnly) return null;
        if (log.Writers.FirstOrDefault(head => head.Writer.Number == kept.Writer) is not { } found)
            return $"writer {kept.Writer} of the access log is gone: {source} has it up to entry {kept.Last}";
        var writer = found.Writer;
        if (found.Newest is null || found.Newest.Number < kept.Number)
            return $"{writer.Log} is shorter than {source} says: it ends with entry {found.Newest?.Last ?? 0}, "
                + $"not {kept.Last}";
        var batch = (await services.Ports.Log.BatchesAsync(writer.Number, kept.Number - 1, 1))[0];
        return batch.Head(writer) == kept
            ? null
            : $"{writer.Place($"batch {kept.Number}")} is not the one that {source} has";
    }

    private static void Demand(string? place)
    {
        if (place is not null) throw SecureUserDataException.Tampered(place);
    }

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>What was kept elsewhere and the log must still have.</summary>
public sealed record LogEvidence
{
    /// <summary>Anchors (<see cref="LogAnchor"/>); each is read twice, from its beginning.</summary>
    public IReadOnlyList<Stream> Anchors { get; init; } = [];

    /// <summary>Certificates of erasures.</summary>
    public IReadOnlyList<string> Certificates { get; init; } = [];

    /// <summary>Whether to compare the entries of chains alone, and no batches: what was kept before an installation
    /// came back from a cluster names batches that are not there any more. An anchor names every chain, so that nothing
    /// that was appended before it can be gone all the same.</summary>
    public bool ChainsOnly { get; init; }

    /// <summary>What exports say of the log.</summary>
    public IReadOnlyList<ExportHead> Exports { get; init; } = [];
}
