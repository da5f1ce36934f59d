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
    /// <param name="progress">Told how many entries are done.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> with the first place, or when what
    /// was kept is not this installation's.</exception>
    public async Task<LogVerified> VerifyAsync(
        LogEvidence evidence, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        var comparison = new LogComparison(_services, evidence);
        await comparison.CheckAsync(cancellation);
        var log = await new LogVerification(_services, _outside).RunAsync(progress, cancellation);
        await comparison.RunAsync(log, cancellation);
        return log.Summary;
    }

    /// <summary>Verifies the whole log and writes an anchor of it (<see cref="LogAnchor"/>). Keep anchors where nobody
    /// who can write to the database can write.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="progress">Told how many entries are done.</param>
    /// <param name="cancellation">Stops it; what is written then is no whole anchor.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> when the log does not hold: nothing
    /// is signed then.</exception>
    public async Task<LogAnchorStatement> WriteAnchorAsync(
        Stream to, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(to);
        var log = await new LogVerification(_services, _outside).RunAsync(progress, cancellation);
        return await AnchorWriter.WriteAsync(
            to, log, _services.Installation, _services.Time.GetUtcNow(), cancellation);
    }
}
