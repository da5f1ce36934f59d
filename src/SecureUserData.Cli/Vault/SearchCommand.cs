using System.CommandLine;
using SecureUserData.Vault;

namespace SecureUserData.Cli.Vault;

/// <summary><c>sud vault search</c>.</summary>
internal sealed class SearchCommand
{
    private readonly Argument<string[]> _words = new("WORDS")
    {
        Description = "Words that all have to occur, in any case, or an exact id.", Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> _group = new("--group")
    {
        Description = "Only what is in this group, by id or name.", HelpName = "GROUP",
    };

    private readonly Option<string?> _machine = new("--machine")
    {
        Description = "Only this machine and its services, by id or name.", HelpName = "MACHINE",
    };

    private readonly Option<string?> _customer = new("--customer")
    {
        Description = "Only this customer, its machines and their services, by id or name.", HelpName = "CUSTOMER",
    };

    internal static Command In(VaultCommands vault)
    {
        var search = new SearchCommand();
        return vault.Command(
            "search",
            "Searches customers, machines and services by what everybody in the vault may see of them; never secrets "
            + "or notes. A service is found by its machine's and its customer's texts too.",
            "sud vault search acme database\nsud vault search --machine web1",
            [search._words, search._group, search._machine, search._customer],
            search.RunAsync);
    }

    private async Task RunAsync(Run run, OpenVault open)
    {
        VaultGroupId? group = run.Get(_group) is { } named ? await open.GroupAsync(named) : null;
        var machine = run.Get(_machine) is { } m ? await open.ItemAsync(VaultItemKind.Machine, m) : null;
        var customer = run.Get(_customer) is { } c ? await open.ItemAsync(VaultItemKind.Customer, c) : null;
        var items = new Dictionary<VaultItemId, SeenItem>();
        foreach (var kind in Enum.GetValues<VaultItemKind>())
            foreach (var item in await open.Client.ListAsync(kind)) items[item.Id] = item;
        var found = items.Values
            .Select(item => (Item: item, Way: Way(item, items)))
            .Where(row => (group is null || row.Item.Content.Groups.Contains(group.Value))
                && (machine is null || row.Way.Any(item => item.Id == machine.Id))
                && (customer is null || row.Way.Any(item => item.Id == customer.Id))
                && run.Get(_words).All(word => IsIn(word, row.Item, row.Way)))
            .OrderBy(row => row.Item.Id.Kind).ThenBy(row => $"{row.Item.Id}", StringComparer.Ordinal)
            .ToList();
        var groups = await open.GroupNamesAsync();
        run.Out.Show(
            new { Items = found.Select(row => ItemText.Json(row.Item, null)) },
            () => run.Out.Table(
                ["Kind", "Name", "Id", "Of", "More"],
                found.Select(IReadOnlyList<string?> (row) =>
                [
                    OpenVault.Word(row.Item.Id.Kind), row.Item.Content.Name, $"{row.Item.Id}",
                    string.Join(", ", row.Way.Skip(1).Select(item => item.Content.Name)),
                    ItemText.More(row.Item, groups),
                ])));
    }

    /// <summary>An item, its machine and its customer.</summary>
    private static List<SeenItem> Way(SeenItem item, Dictionary<VaultItemId, SeenItem> items)
    {
        var way = new List<SeenItem> { item };
        while ((way[^1].Content.Machine ?? way[^1].Content.Customer) is { } next
            && items.TryGetValue(next, out var there))
            way.Add(there);
        return way;
    }

    private static bool IsIn(string word, SeenItem found, List<SeenItem> way) =>
        word == $"{found.Id}" || way.SelectMany(Texts).Any(text =>
            text.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> Texts(SeenItem item) =>
    [
        item.Content.Name, item.Content.Url, item.Content.Fqdn, item.Content.Ip, item.Content.Location,
        .. item.Content.Metadata.Keys, .. item.Content.Metadata.Values,
    ];
}
