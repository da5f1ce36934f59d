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
        var found = await open.Client.SearchAsync(new VaultSearch
        {
            Words = run.Get(_words),
            Group = run.Get(_group) is { } group ? await open.GroupAsync(group) : null,
            Machine = run.Get(_machine) is { } m ? (await open.ItemAsync(VaultItemKind.Machine, m)).Id : null,
            Customer = run.Get(_customer) is { } c ? (await open.ItemAsync(VaultItemKind.Customer, c)).Id : null,
        });
        var groups = await open.GroupNamesAsync();
        run.Out.Show(
            new { Items = found.Select(row => ItemText.Json(row.Item, null)) },
            () => run.Out.Table(
                ["Kind", "Name", "Id", "Of", "More"],
                found.Select(IReadOnlyList<string?> (row) =>
                [
                    OpenVault.Word(row.Item.Id.Kind), row.Item.Content.Name, $"{row.Item.Id}",
                    string.Join(", ", row.Above.Select(item => item.Content.Name)),
                    ItemText.More(row.Item, groups),
                ])));
    }
}
