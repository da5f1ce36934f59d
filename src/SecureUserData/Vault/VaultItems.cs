using SecureUserData.Access;
using SecureUserData.Entities;

namespace SecureUserData.Vault;

/// <summary>The list of a vault's items. It keeps nothing.</summary>
public class VaultItems(VaultItemsId id, IEntityContext context, DomainServices services) : IVaultItems, IActivation
{
    private AppId App => id.Vault.App;

    /// <inheritdoc/>
    public Task<Page<VaultItemView>> ListAsync(VaultItemKind kind, string? cursor = null, int limit = 100) =>
        Enum.IsDefined(kind)
            ? FindAsync(VaultTags.Of(App, kind), cursor, limit)
            : throw SecureUserDataException.Invalid("There is no such kind of item.");

    /// <inheritdoc/>
    public Task<Page<VaultItemView>> ListInGroupAsync(VaultGroupId group, string? cursor = null, int limit = 100) =>
        FindAsync(VaultTags.In(App, group), cursor, limit);

    private async Task<Page<VaultItemView>> FindAsync(string tag, string? cursor, int limit)
    {
        context.Caller.Demand(CallerKind.VaultUser);
        if (context.Caller.App != App) throw SecureUserDataException.NotFound("vault");
        Names.CheckLimit(limit);
        if (cursor is not null) VaultItemId.Parse(cursor);
        var caller = VaultUserId.Parse(context.Caller.Id);
        var ledger = await context.Internal<IVaultInternals>(id.Vault).ExcerptAsync([caller], []);
        if (ledger.Active(caller) is null)
            throw SecureUserDataException.Denied("You are no user of this vault, or have not set up: set up first.");
        return await new StoredItems(services, App, context).FindAsync(tag, cursor, limit);
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
