using SecureUserData.Access;

namespace SecureUserData.Embedded.Hosting;

/// <summary>A signed-in caller. The credential is checked again every few minutes, so that one which was taken back
/// does not live on.</summary>
internal sealed class Session(EntityHost host, OutsideContext outside, Credential credential, Caller caller)
    : ISession, ICallerSource
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
        var renewed = await Authentication.AuthenticateAsync(outside, credential);
        _caller = renewed;
        Volatile.Write(ref _checkedAt, at);
        return renewed;
    }
}
