using SecureUserData.Access;

namespace SecureUserData.Embedded.Hosting;

/// <summary>A signed-in caller. The credential is checked again every few minutes, so that one which was taken back
/// does not live on.</summary>
/// <param name="host">Runs the entities.</param>
/// <param name="caller">Who has signed in.</param>
/// <param name="renew">Checks the credential again.</param>
internal sealed class Session(EntityHost host, Caller caller, Func<Task<Caller>> renew) : ISession, ICallerSource
{
    private volatile Caller _caller = caller;
    private long _checkedAt = host.Time.GetTimestamp();

    public Identity Identity => new(_caller.Kind, _caller.Id, _caller.App);

    Caller? ICallerSource.Current =>
        host.Time.GetElapsedTime(Volatile.Read(ref _checkedAt)) < Authentication.Lifetime ? _caller : null;

    public TEntity Get<TEntity>(IEntityId<TEntity> id) where TEntity : class, IEntity
    {
        EntityHost.KindOf(id);
        return EntityProxy.Create<TEntity>(host, id, this);
    }

    async Task<Caller> ICallerSource.RenewAsync()
    {
        var at = host.Time.GetTimestamp();
        var renewed = await renew();
        _caller = renewed;
        Volatile.Write(ref _checkedAt, at);
        return renewed;
    }
}
