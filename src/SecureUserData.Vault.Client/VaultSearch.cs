using SecureUserData.Vault.Items;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault;

/// <summary>A search over what everybody in a vault may see, never over secrets or notes; all that is named has to
/// hold. It is done where the vault was verified: the server does not learn what is looked for.</summary>
public sealed record VaultSearch
{
    /// <summary>Words that all have to occur, in any case, in the item's texts or in its machine's or customer's; or
    /// exact ids.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>A group that it is in.</summary>
    public VaultGroupId? Group { get; init; }

    /// <summary>A machine: itself and its services.</summary>
    public VaultItemId? Machine { get; init; }

    /// <summary>A customer: itself, its machines and their services.</summary>
    public VaultItemId? Customer { get; init; }

    /// <summary>What is found: customers, machines, services, each oldest first.</summary>
    internal IReadOnlyList<FoundItem> In(LedgerState ledger) =>
    [
        .. ledger.Items.Values.Where(item => !item.Content.IsRemoved)
            .Select(item => new FoundItem(item, Above(item, ledger))).Where(Matches)
            .OrderBy(found => found.Item.Id.Kind).ThenBy(found => $"{found.Item.Id}", StringComparer.Ordinal),
    ];

    private static List<LedgerItem> Above(LedgerItem item, LedgerState ledger)
    {
        var above = new List<LedgerItem>(2);
        for (var at = item; (at.Content.Machine ?? at.Content.Customer) is { } next;)
        {
            if (!ledger.Items.TryGetValue(next, out at)) break;
            above.Add(at);
        }
        return above;
    }

    private bool Matches(FoundItem found) =>
        (Group is not { } group || found.Item.Content.Groups.Contains(group))
        && (Machine is not { } machine || found.IsOf(machine))
        && (Customer is not { } customer || found.IsOf(customer))
        && Words.All(word => word == $"{found.Item.Id}" || Has(found.Item.Content, word)
            || found.Above.Any(item => Has(item.Content, word)));

    private static bool Has(ItemContent content, string word) =>
        Has(content.Name, word) || Has(content.Url, word) || Has(content.Fqdn, word) || Has(content.Ip, word)
        || Has(content.Location, word)
        || content.Metadata.Any(entry => Has(entry.Key, word) || Has(entry.Value, word));

    private static bool Has(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What a search has found.</summary>
/// <param name="Item">The item.</param>
/// <param name="Above">A service's machine and that one's customer; a machine's customer.</param>
public sealed record FoundItem(LedgerItem Item, IReadOnlyList<LedgerItem> Above)
{
    internal bool IsOf(VaultItemId item) => Item.Id == item || Above.Any(above => above.Id == item);
}
