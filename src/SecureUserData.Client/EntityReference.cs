using System.Reflection;

namespace SecureUserData.Client;

/// <summary>A typed reference to an entity in the cluster: every call carries the session's token, and fails with our
/// exception only.</summary>
internal class EntityReference : DispatchProxy
{
    private ClusterSession _session = null!;
    private object _grain = null!;

    internal static TContract Create<TContract>(ClusterSession session, TContract grain) where TContract : class
    {
        var proxy = (EntityReference)Prototype<TContract>.Proxy.MemberwiseClone(); // ten times cheaper than making one
        proxy._session = session;
        proxy._grain = grain;
        return (TContract)(object)proxy;
    }

    protected override object? Invoke(MethodInfo? method, object?[]? arguments) =>
        GrainMethod.Of(method!).CallAsync(_session, _grain, arguments ?? []);

    private static class Prototype<TContract> where TContract : class
    {
        internal static readonly EntityReference Proxy =
            (EntityReference)(object)Create<TContract, EntityReference>();
    }
}
