using SecureUserData.Applications;
using SecureUserData.Cluster.Hosting;
using SecureUserData.Entities;
using SecureUserData.Erasures;

namespace SecureUserData.Cluster;

/// <summary>The erasures of a cluster as a whole; a service of every silo.</summary>
public sealed class ClusterErasures
{
    private readonly DomainServices _services;
    private readonly OutsideContext _outside;

    internal ClusterErasures(DomainServices services, OutsideContext outside)
    {
        _services = services;
        _outside = outside;
    }

    /// <summary>Erases whoever the erasure list names and restored data has again, and puts the restore on record. It
    /// is done on one silo that no client reaches, before others are started.</summary>
    /// <param name="progress">Told how many are erased, and of how many.</param>
    /// <param name="cancellation">Stops it; doing it again finishes it.</param>
    /// <returns>Who was erased: nobody when there was nobody to erase, and then nothing was changed.</returns>
    public async Task<IReadOnlyList<UserId>> EraseAgainAsync(
        Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        var returned = await ReturnedUsers.FindAsync(_services, _outside, cancellation);
        if (returned.Users.Count == 0) return [];
        await _outside.Internal<IInstallationInternals>(new InstallationId())
            .RecordRestoreAsync([$"users/{returned.Users.Count}"]);
        return await new RepeatedErasures(_services, _outside).RunAsync(returned.Users, progress, cancellation);
    }
}
