using SecureUserData.Client;
using SecureUserData.Client.Wire;
using SecureUserData.Entities;

namespace SecureUserData.Cluster.Security;

/// <summary>Gives every call that this silo makes to a grain its token, which lives for a few minutes. Clients are
/// never called with it. The caller's own token goes along with the calls that follow from his.</summary>
internal sealed class SiloSignature(CallTokens tokens) : IOutgoingGrainCallFilter
{
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        if (context.TargetId.IsClient())
        {
            RequestContext.Remove(CallHeaders.Silo); // what came with the call that is under way
            await context.Invoke();
            return;
        }
        RequestContext.Set(CallHeaders.Silo, tokens.Own()); // ends with this method
        try
        {
            await context.Invoke();
        }
        catch (Exception exception) when (exception is not SecureUserDataException && IsOurs(context))
        {
            throw ClusterErrors.Outward(exception);
        }
    }

    private static bool IsOurs(IOutgoingGrainCallContext context) =>
        context.InterfaceMethod.DeclaringType is { } type
        && (typeof(IEntity).IsAssignableFrom(type) || typeof(IEntityInternals).IsAssignableFrom(type));
}
