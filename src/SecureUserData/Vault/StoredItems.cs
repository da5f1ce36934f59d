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
/// <param name="find">The chain's place after an act: what was announced is so if its act is there.</param>
internal sealed class StoredItems(
    DomainServices services, AppId app, IEntityContext context, Func<long, Task<VaultHead?>> find)
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

    /// <summary>The items that are found by a tag and not by an announcement only, which may never come to be: an act
    /// that is taken now takes its place.</summary>
    internal async Task<IReadOnlyList<VaultItemId>> ListAsync(string tag, int limit, Func<ItemContent, bool> isMeant)
    {
        var found = new List<VaultItemId>();
        string? after = null;
        do
        {
            var ids = await services.Ports.States.FindIdsAsync(tag, after, limit);
            foreach (var id in ids.Select(VaultItemId.Parse))
                if (await FindAsync(id) is { } content && isMeant(content)) found.Add(id);
            after = ids.Count == limit ? ids[^1] : null;
        }
        while (after is not null && found.Count < limit);
        return found;
    }

    private async Task<ItemContent> ContentAsync(VaultItemId id) =>
        await FindAsync(id) ?? throw SecureUserDataException.NotFound("customer, machine or service");

    /// <summary>What an item is by the chain, though the item itself may not have looked yet.</summary>
    private async Task<ItemContent?> FindAsync(VaultItemId id)
    {
        if (await services.Ports.Slot(id.ToString()).LoadAsync() is not { } stored || stored.Owner != $"{app}")
            return null;
        using var lease = await services.Keyring.RentAsync(app, context);
        var state = Read(StateSeal.Of(lease.Keys), id.ToString(), stored);
        var item = state.Item;
        foreach (var pending in state.Pending)
            if (await find(pending.Head.Sequence) is { } head && head.IsSame(pending.Head)) item = pending.Item;
        return item is { Item.Content: { IsRemoved: false } content } ? content : null;
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
