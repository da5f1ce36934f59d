using System.Reflection;

namespace SecureUserData.Embedded.Hosting;

/// <summary>A typed reference to an entity: every call becomes an <see cref="Invocation"/>.</summary>
internal class EntityProxy : DispatchProxy
{
    private EntityHost _host = null!;
    private IEntityId _id = null!;
    private ICallerSource _caller = null!;

    internal static TContract Create<TContract>(EntityHost host, IEntityId id, ICallerSource caller)
        where TContract : class
    {
        var proxy = (EntityProxy)Prototype<TContract>.Proxy.MemberwiseClone(); // ten times cheaper than making one
        proxy._host = host;
        proxy._id = id;
        proxy._caller = caller;
        return (TContract)(object)proxy;
    }

    protected override object? Invoke(MethodInfo? method, object?[]? arguments) =>
        EntityMethod.Of(method!).Call(_host, _id, _caller, arguments ?? []);

    private static class Prototype<TContract> where TContract : class
    {
        internal static readonly EntityProxy Proxy = (EntityProxy)(object)Create<TContract, EntityProxy>();
    }
}
