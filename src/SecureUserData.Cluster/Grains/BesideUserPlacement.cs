using Orleans.Placement;
using Orleans.Runtime.Placement;
using SecureUserData.Client.Grains;
using SecureUserData.Cluster.Hosting;

namespace SecureUserData.Cluster.Grains;

/// <summary>Spreads users over the silos, and places what a user has decided beside the user, so that a reading takes
/// one hop.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class BesideUserAttribute() : PlacementAttribute(new BesideUserPlacement());

/// <summary>See <see cref="BesideUserAttribute"/>.</summary>
[GenerateSerializer]
internal sealed class BesideUserPlacement : PlacementStrategy;

/// <summary>Takes the silo whose address goes best with the user (rendezvous hashing): a silo that comes or goes moves
/// nobody between the others. Who is in memory when one comes stays where he is until he is unloaded, and a consent can
/// be elsewhere than its user for so long, as who is swept can (<see cref="KnownPlaces"/>). What a message asks for is
/// not looked at: clients can write it.</summary>
internal sealed class BesideUserDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        var user = UserHash(target.GrainIdentity);
        return Task.FromResult(silos.MaxBy(silo => Weight(user, silo))!);
    }

    /// <summary>The same for a user and all who begin with the user's id and a slash.</summary>
    private static uint UserHash(GrainId grain)
    {
        var key = grain.Key.ToString()!;
        var end = key.IndexOf('/', StringComparison.Ordinal);
        return GrainId.Create(GrainNames.User, end < 0 ? key : key[..end]).GetUniformHashCode();
    }

    /// <summary>The finalizer of SplitMix64: every bit of what goes in changes half of what comes out.</summary>
    private static ulong Weight(uint user, SiloAddress silo)
    {
        var mixed = ((ulong)user << 32) | (uint)silo.GetConsistentHashCode();
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
