using SecureUserData.Applications;
using SecureUserData.Entities;

namespace SecureUserData.Users;

/// <summary>Gathers one user's consents over all scripts of the user's application. It owns nothing.</summary>
public class Overview(OverviewId id, IEntityContext context) : IOverview, IActivation
{
    /// <inheritdoc/>
    public async Task<Page<ConsentView>> ListConsentsAsync(string? cursor = null, int limit = 100)
    {
        var caller = context.Caller;
        caller.Demand(CallerKind.User);
        if (caller.User != id.User) throw SecureUserDataException.NotFound("user");
        var application = context.Internal<IApplicationInternals>(caller.App!.Value);
        var scripts = await application.ListScriptIdsAsync(cursor, limit);
        var consents = new List<ConsentView>();
        foreach (var script in scripts.Items)
            try
            {
                consents.Add(await context.Get(new ConsentId(id.User, script)).GetAsync());
            }
            catch (SecureUserDataException e) when (e.Code == ErrorCode.NotFound)
            {
                // announced, and a crash kept it from being stored: there is nothing to decide on
            }
        return new Page<ConsentView>(consents, scripts.Next);
    }

    /// <inheritdoc/>
    public Task ActivateAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task UnloadAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task WakeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => GC.SuppressFinalize(this);
}
