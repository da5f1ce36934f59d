using System.Reflection;

namespace SecureUserData.Client;

/// <summary>A typed reference. Who derives from it says how a call goes.</summary>
internal abstract class CallProxy : DispatchProxy
{
    /// <summary>Makes a reference; copying one is ten times cheaper than having the runtime make it.</summary>
    protected static TProxy Copy<TContract, TProxy>() where TContract : class where TProxy : CallProxy =>
        (TProxy)Prototype<TContract, TProxy>.Proxy.MemberwiseClone();

    internal abstract Task<T> CallAsync<T>(GrainMethod<T> method, object?[] arguments);

    protected sealed override object? Invoke(MethodInfo? method, object?[]? arguments) =>
        GrainMethod.Of(method!).CallAsync(this, arguments ?? []);

    private static class Prototype<TContract, TProxy> where TContract : class where TProxy : CallProxy
    {
        internal static readonly CallProxy Proxy = (CallProxy)Create(typeof(TContract), typeof(TProxy));
    }
}
