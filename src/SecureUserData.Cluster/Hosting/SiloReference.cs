using SecureUserData.Access;
using SecureUserData.Client;
using SecureUserData.Entities;

namespace SecureUserData.Cluster.Hosting;

/// <summary>A silo's reference to an entity. Where that is active on the same silo, a call from a consent or below is
/// an ordinary one within the call under way, once it has the other's turn: no message, no copy, no other thread. All
/// others are the runtime's: what goes over many calls several at a time, and they would have to share its
/// thread.</summary>
internal class SiloReference : CallProxy
{
    private EntityContext? _from;
    private SiloDomain _domain = null!;
    private GrainId _to;
    private object _grain = null!;

    /// <summary>Makes a reference.</summary>
    /// <param name="domain">The silo's.</param>
    /// <param name="to">The entity.</param>
    /// <param name="grain">The runtime's reference to it.</param>
    /// <param name="from">The entity that calls; null when none does.</param>
    internal static TContract Create<TContract>(
        SiloDomain domain, GrainId to, TContract grain, EntityContext? from = null) where TContract : class
    {
        var reference = Copy<TContract, SiloReference>();
        (reference._from, reference._domain, reference._to, reference._grain) = (from, domain, to, grain);
        return (TContract)(object)reference;
    }

    internal override Task<T> CallAsync<T>(GrainMethod<T> method, object?[] arguments) =>
        _from switch
        {
            { Rank: > Rank.Overview } when _domain.Active.TryGetValue(_to, out var other) =>
                NestAsync(other, _from.Caller, method, arguments),
            { Rank: Rank.Sweep } => _domain.Swept.CallAsync(_to, () => SendAsync(method, arguments)),
            _ => SendAsync(method, arguments),
        };

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
