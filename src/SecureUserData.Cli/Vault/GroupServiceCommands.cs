using System.CommandLine;
using SecureUserData.Vault;
using SecureUserData.Vault.Items;

namespace SecureUserData.Cli.Vault;

/// <summary><c>sud vault group-add-service</c> and <c>group-del-service</c>: which services are in a group.</summary>
internal sealed class GroupServiceCommands(Func<OpenVault, LedgerItem, VaultGroupId, Task<LedgerItem>> change)
{
    private readonly Argument<string> _group = VaultCommands.Group();

    private readonly Argument<string[]> _services = new("SERVICE…")
    {
        Description = "The services, by id or name.", Arity = ArgumentArity.OneOrMore,
    };

    internal static IEnumerable<Command> In(VaultCommands vault) => [Add(vault), Delete(vault)];

    private static Command Add(VaultCommands vault)
    {
        var services = new GroupServiceCommands((open, item, group) => open.Client.AddToGroupAsync(item, group));
        return vault.Command(
            "group-add-service",
            "Lets another group read services' secrets and notes, as who can read them.",
            "sud vault group-add-service Operations database gate",
            [services._group, services._services],
            (run, open) => services.RunAsync(
                run, open, isIn => isIn ? "is in this group already: leave it out" : null));
    }

    private static Command Delete(VaultCommands vault)
    {
        var services = new GroupServiceCommands((open, item, group) => open.Client.RemoveFromGroupAsync(item, group));
        return vault.Command(
            "group-del-service",
            "Takes services out of a group, as its administrator or a global one. A service is in one group at least.",
            "sud vault group-del-service Operations database gate",
            [services._group, services._services],
            (run, open) => services.RunAsync(run, open, isIn => isIn ? null : "is not in this group: leave it out"));
    }

    /// <summary>All are found before the first one is changed.</summary>
    private async Task RunAsync(Run run, OpenVault open, Func<bool, string?> problem)
    {
        var group = await open.GroupAsync(run.Get(_group));
        var items = new List<LedgerItem>();
        foreach (var name in run.Get(_services)) items.Add(await open.ItemAsync(VaultItemKind.Service, name));
        items = [.. items.DistinctBy(item => item.Id)];
        foreach (var item in items)
            if (problem(item.Content.Groups.Contains(group)) is { } said)
                throw new CommandException($"{item.Content.Name} {said}.");
        var names = await open.GroupNamesAsync();
        var changed = new List<LedgerItem>();
        var progress = run.Out.Progress("changing", items.Count);
        try
        {
            foreach (var item in items)
            {
                run.Cancellation.ThrowIfCancellationRequested();
                changed.Add(await ChangeAsync(open, item, group));
                progress.Advance();
            }
        }
        finally
        {
            progress.Dispose();
            Show(run, changed, names); // also when it ended early: what is done is done
        }
    }

    private async Task<LedgerItem> ChangeAsync(OpenVault open, LedgerItem item, VaultGroupId group)
    {
        try
        {
            return await change(open, item, group);
        }
        catch (SecureUserDataException e)
        {
            throw new CommandException($"{item.Content.Name}: {e.Message}");
        }
    }

    private static void Show(
        Run run, IReadOnlyList<LedgerItem> changed, IReadOnlyDictionary<VaultGroupId, string> names) => run.Out.Show(
        new
        {
            Items = changed.Select(item => new
            {
                Id = $"{item.Id}", item.Content.Name, Groups = item.Content.Groups.Select(group => $"{group}"),
            }),
        },
        () =>
        {
            foreach (var item in changed) run.Out.Line($"{item.Content.Name} is in {ItemText.Groups(item, names)}.");
        });
}
