using Orleans.Placement;
using Orleans.Runtime.Placement;
using SecureUserData.Rotation;

namespace SecureUserData.Cluster.Grains;

/// <summary>Deals the parts of a sweep out to the silos, so that each has as many as any other, give or take
/// one.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ByNumberAttribute() : PlacementAttribute(new ByNumberPlacement());

/// <summary>See <see cref="ByNumberAttribute"/>.</summary>
[GenerateSerializer]
internal sealed class ByNumberPlacement : PlacementStrategy;

/// <summary>Takes the silos in their order, and begins at another one for each application.</summary>
internal sealed class ByNumberDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        SiloAddress[] silos = [.. context.GetCompatibleSilos(target).Order()];
        if (!SweepPartitionId.TryParse(target.GrainIdentity.Key.ToString(), out var part))
            return Task.FromResult(silos[0]); // it is refused when it is activated
        var first = InternalGrain.GrainIdOf(part.App).GetUniformHashCode();
        return Task.FromResult(silos[(first + (uint)part.Number) % (uint)silos.Length]);
    }
}
