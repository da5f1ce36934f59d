using System.Collections.Concurrent;
using SecureUserData.Access;
using SecureUserData.Client;

namespace SecureUserData.Cluster.Hosting;

/// <summary>A silo's reference to an entity. Where that is active on the same silo, a call from a consent or below is
/// an ordinary one within the call under way, once it has the other's turn: no message, no copy, no other thread. All
/// others are the runtime's.</summary>
internal class SiloReference : CallProxy
{
    private EntityContext? _nestsIn;
    private ConcurrentDictionary<GrainId, EntityContext> _active = null!;
    private GrainId _to;
    private object _grain = null!;

    /// <summary>Makes a reference.</summary>
    /// <param name="domain">The silo's.</param>
    /// <param name="to">The entity.</param>
    /// <param name="grain">The runtime's reference to it.</param>
    /// <param name="nestsIn">The entity that calls; null when its calls are the runtime's.</param>
    internal static TContract Create<TContract>(
        SiloDomain domain, GrainId to, TContract grain, EntityContext? nestsIn = null) where TContract : class
    {
        var reference = Copy<TContract, SiloReference>();
        (reference._nestsIn, reference._active, reference._to, reference._grain) = (nestsIn, domain.Active, to, grain);
        return (TContract)(object)reference;
    }

    internal override Task<T> CallAsync<T>(GrainMethod<T> method, object?[] arguments) =>
        _nestsIn is not null && _active.TryGetValue(_to, out var other)
            ? NestAsync(other, _nestsIn.Caller, method, arguments)
            : SendAsync(method, arguments);

    private async Task<T> NestAsync<T>(
        EntityContext other, Caller caller, GrainMethod<T> method, object?[] arguments)
    {
        if (!await other.TryEnterAsync(caller)) return await SendAsync(method, arguments);
        try
        {
            return await method.InvokeAsync(other.GrainContext.GrainInstance!, arguments);
        }
        catch (Exception exception)
        {
            throw ClusterErrors.Outward(exception);
        }
        finally
        {
            other.Leave();
        }
    }

    private async Task<T> SendAsync<T>(GrainMethod<T> method, object?[] arguments)
    {
        for (var attempt = 1; ; attempt++)
            try
            {
                return await method.InvokeAsync(_grain, arguments);
            }
            catch (Exception exception) when (ClusterErrors.IsCallAgain(exception))
            {
                if (attempt == ClusterErrors.Attempts) throw ClusterErrors.NeverThere(); // whoever calls has begun
            }
            catch (Exception exception)
            {
                throw ClusterErrors.Outward(exception);
            }
    }
}
