using SecureUserData.Access;
using SecureUserData.Entities;

namespace SecureUserData.Embedded.Hosting;

/// <summary>The engine's own way to entities: above them all, and nobody's.</summary>
internal sealed class OutsideContext(EntityHost host) : IEntityContext, ICallerSource
{
    public Caller Caller => Caller.Anonymous;

    Caller ICallerSource.Current => Caller;

    public TEntity Get<TEntity>(IEntityId<TEntity> id) where TEntity : class, IEntity =>
        EntityProxy.Create<TEntity>(host, id, this);

    public TInternals Internal<TInternals>(IEntityId id) where TInternals : class, IEntityInternals =>
        EntityProxy.Create<TInternals>(host, id, this);

    public void RequestUnload()
    {
    }

    public Task StepBackAsync() => Task.CompletedTask;

    Task<Caller> ICallerSource.RenewAsync() => Task.FromResult(Caller);
}
