using SecureUserData.Client.Wire;

namespace SecureUserData.Client;

/// <summary>A client's reference to an entity in the cluster: every call carries the session's token, and fails with
/// our exception only.</summary>
internal class EntityReference : CallProxy
{
    private ClusterSession _session = null!;
    private object _grain = null!;

    internal static TContract Create<TContract>(ClusterSession session, TContract grain) where TContract : class
    {
        var reference = Copy<TContract, EntityReference>();
        reference._session = session;
        reference._grain = grain;
        return (TContract)(object)reference;
    }

    /// <summary>A token can end on its way, and an entity can be leaving: the call has not begun then, and is made once
    /// more.</summary>
    internal override async Task<T> CallAsync<T>(GrainMethod<T> method, object?[] arguments)
    {
        foreach (var argument in arguments) WellFormed.Demand(argument);
        var token = await _session.TokenAsync();
        var isRenewed = false;
        for (var attempt = 1; ; attempt++)
        {
            RequestContext.Set(CallHeaders.Caller, token); // ends with this method: it flows with the call only
            try
            {
                return await method.InvokeAsync(_grain, arguments);
            }
            catch (Exception exception) when (!isRenewed && ClusterErrors.IsSignInAgain(exception))
            {
                isRenewed = true;
            }
            catch (Exception exception) when (ClusterErrors.IsCallAgain(exception))
            {
                if (attempt == ClusterErrors.Attempts) throw ClusterErrors.NeverThere();
                continue;
            }
            catch (Exception exception)
            {
                throw ClusterErrors.Outward(exception);
            }
            token = await _session.RenewAsync(token);
        }
    }
}
