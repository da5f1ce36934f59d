using SecureUserData.Access;
using SecureUserData.Client.Grains;
using SecureUserData.Cluster.Grains;
using SecureUserData.Entities;

namespace SecureUserData.Cluster.Hosting;

/// <summary>A silo's own way to entities: above them all, and nobody's.</summary>
internal sealed class OutsideContext(IGrainFactory grains) : IEntityContext
{
    public Caller Caller => Caller.Anonymous;

    public TEntity Get<TEntity>(IEntityId<TEntity> id) where TEntity : class, IEntity => GrainNames.Get(grains, id);

    public TInternals Internal<TInternals>(IEntityId id) where TInternals : class, IEntityInternals =>
        InternalGrain.Get<TInternals>(grains, id);

    public void RequestUnload()
    {
    }

    public Task StepBackAsync() => Task.CompletedTask;
}
