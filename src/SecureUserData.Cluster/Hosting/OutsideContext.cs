using SecureUserData.Access;
using SecureUserData.Client.Grains;
using SecureUserData.Cluster.Grains;
using SecureUserData.Entities;

namespace SecureUserData.Cluster.Hosting;

/// <summary>A silo's own way to entities: above them all, and nobody's.</summary>
internal sealed class OutsideContext(SiloDomain domain) : IEntityContext
{
    public Caller Caller => Caller.Anonymous;

    public TEntity Get<TEntity>(IEntityId<TEntity> id) where TEntity : class, IEntity =>
        SiloReference.Create(domain, InternalGrain.GrainIdOf(id), GrainNames.Get(domain.Grains, id));

    public TInternals Internal<TInternals>(IEntityId id) where TInternals : class, IEntityInternals =>
        SiloReference.Create(
            domain, InternalGrain.GrainIdOf(id), InternalGrain.Get<TInternals>(domain.Grains, id));

    public void RequestUnload()
    {
    }

    public Task StepBackAsync() => Task.CompletedTask;
}
