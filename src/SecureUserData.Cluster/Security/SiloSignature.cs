using SecureUserData.Client.Wire;

namespace SecureUserData.Cluster.Security;

/// <summary>Gives every call that this silo makes to a grain its token, which lives for a few minutes. Clients are
/// never called with it. The caller's own token goes along with the calls that follow from his.</summary>
internal sealed class SiloSignature(CallTokens tokens) : IOutgoingGrainCallFilter
{
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        if (context.TargetId.IsClient()) RequestContext.Remove(CallHeaders.Silo); // what came with the call under way
        else RequestContext.Set(CallHeaders.Silo, tokens.Own()); // ends with this method
        await context.Invoke();
    }
}
