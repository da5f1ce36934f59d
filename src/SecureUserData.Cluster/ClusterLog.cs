using SecureUserData.AccessLog;
using SecureUserData.Cluster.Hosting;
using SecureUserData.Entities;

namespace SecureUserData.Cluster;

/// <summary>The access log of a cluster as a whole; a service of every silo.</summary>
public sealed class ClusterLog
{
    private readonly DomainServices _services;
    private readonly OutsideContext _outside;

    internal ClusterLog(DomainServices services, OutsideContext outside)
    {
        _services = services;
        _outside = outside;
    }

    /// <summary>Verifies the whole log: every user's, every application's and the installation's chain, the chains of
    /// all writers, and that it still has what was kept elsewhere.</summary>
    /// <param name="evidence">What was kept.</param>
    /// <param name="anchor">Opens what an anchor of the log (<see cref="LogAnchor"/>) is written to, once it is known
    /// to hold: nothing else is signed. It is left open. Keep anchors where nobody who can write to the database can
    /// write.</param>
    /// <param name="progress">Told how many entries are done.</param>
    /// <param name="cancellation">Stops it; an anchor that is being written is no whole one then.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> with the first place, or when what
    /// was kept is not this installation's.</exception>
    public async Task<LogVerified> VerifyAsync(
        LogEvidence evidence,
        Func<Stream>? anchor = null,
        IProgress<long>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        var comparison = new LogComparison(_services, evidence);
        await comparison.CheckAsync(cancellation);
        var log = await new LogVerification(_services, _outside).RunAsync(progress, cancellation);
        await comparison.RunAsync(log, cancellation);
        if (anchor?.Invoke() is { } to)
            await AnchorWriter.WriteAsync(to, log, _services.Installation, _services.Time.GetUtcNow(), cancellation);
        return log.Summary;
    }
}
