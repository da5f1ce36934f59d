using SecureUserData.Cluster.Hosting;
using SecureUserData.Entities;

namespace SecureUserData.Cluster.Grains;

/// <summary>What every grain does for its entity: activates it, wakes it, and unloads it. The runtime disposes it in
/// the end, which zeroes its keys.</summary>
public interface IEntityGrain : IGrainBase, IActivation
{
    /// <summary>The entity's context.</summary>
    EntityContext EntityContext { get; }

    IGrainContext IGrainBase.GrainContext => EntityContext.GrainContext;

    async Task IGrainBase.OnActivateAsync(CancellationToken token)
    {
        RequestContext.Clear(); // nobody has looked yet at what came with the call that activates it
        await EntityContext.ActivateAsync(ActivateAsync);
        if (token.IsCancellationRequested) Dispose(); // it has been given up, and disposed of before it had its key
    }

    Task IGrainBase.OnDeactivateAsync(DeactivationReason reason, CancellationToken token) =>
        EntityContext.UnloadAsync(UnloadAsync);

    internal Task WakeAsync(string reminder) =>
        EntityContext.Wakeups.ReceiveAsync(EntityContext.Name, reminder, WakeAsync);
}
