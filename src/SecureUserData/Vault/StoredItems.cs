using System.Security.Cryptography;
using System.Text.Json;
using SecureUserData.Cryptography;
using SecureUserData.Entities;
using SecureUserData.Ports;
using SecureUserData.Vault.Items;

namespace SecureUserData.Vault;

/// <summary>Items as they are stored, without activating each.</summary>
/// <param name="services">The domain's services.</param>
/// <param name="app">The vault's application.</param>
/// <param name="context">The context of who asks.</param>
internal sealed class StoredItems(DomainServices services, AppId app, IEntityContext context)
{
    private const int Deepest = 64;

    /// <summary>Demands that the items which an item names are there, and that no service is reached through
    /// itself.</summary>
    internal async Task DemandLinksAsync(VaultItemId id, ItemContent? before, ItemContent after)
    {
        if (after.IsRemoved) return;
        if (after.Customer is { } customer && customer != before?.Customer) await ContentAsync(customer);
        if (after.Machine is { } machine && machine != before?.Machine) await ContentAsync(machine);
        if (after.Parent is not { } parent || parent == before?.Parent) return;
        VaultItemId? next = parent;
        for (var depth = 0; next is { } service; depth++)
        {
            if (service == id || depth == Deepest)
                throw SecureUserDataException.Conflict(
                    "The service would be reached through itself, or through too many others: choose another parent.");
            next = (await ContentAsync(service)).Parent;
        }
    }

    private async Task<ItemContent> ContentAsync(VaultItemId id)
    {
        if (await services.Ports.Slot(id.ToString()).LoadAsync() is not { } stored || stored.Owner != $"{app}")
            throw SecureUserDataException.NotFound("customer, machine or service");
        using var lease = await services.Keyring.RentAsync(app, context);
        var item = Read(StateSeal.Of(lease.Keys), id.ToString(), stored).Item;
        return item is { Item.Content: { IsRemoved: false } content }
            ? content
            : throw SecureUserDataException.NotFound("customer, machine or service");
    }

    private static VaultItemState Read(StateSeal seal, string id, StoredState stored)
    {
        var plaintext = seal.Open(id, stored);
        try
        {
            return JsonSerializer.Deserialize(plaintext, StateJson.Default.VaultItemState)!;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }
}
