using System.CommandLine;
using SecureUserData.Vault;
using SecureUserData.Vault.Items;

namespace SecureUserData.Cli.Vault;

/// <summary><c>sud vault customer-del</c>, <c>machine-del</c> and <c>service-del</c>: what others need goes after
/// them.</summary>
internal sealed class ItemDeletion
{
    private readonly List<LedgerItem> _going = [];
    private readonly HashSet<VaultItemId> _entered = [];
    private readonly ILookup<VaultItemId, LedgerItem> _needing;

    private ItemDeletion(IEnumerable<LedgerItem> all) => _needing = all
        .SelectMany(item => new[] { item.Content.Customer, item.Content.Machine, item.Content.Parent }
            .OfType<VaultItemId>().Select(needed => (needed, item)))
        .ToLookup(link => link.needed, link => link.item);

    internal static Command Command(VaultCommands vault, VaultItemKind kind, string example)
    {
        var what = OpenVault.Word(kind);
        var name = VaultCommands.Named(what.ToUpperInvariant(), $"The {what}'s id or name.");
        var cascade = new Option<bool>("--cascade") { Description = "Everything that needs it goes first." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would go." };
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        return vault.Command(
            $"{what}-del",
            $"Takes a {what} out of the vault, and what is sealed in it, as a global administrator"
            + (kind == VaultItemKind.Service ? " or an administrator of all its groups" : "")
            + ". It is refused while others need it, unless they go first with --cascade, which shows them all and "
            + "asks.",
            $"sud vault {what}-del {example}\nsud vault {what}-del {example} --cascade --dry-run",
            [name, cascade, dryRun, yes],
            async (run, open) =>
            {
                var item = await open.ItemAsync(kind, run.Get(name));
                var deletion = new ItemDeletion([
                    .. await open.Client.ListAsync(VaultItemKind.Machine),
                    .. await open.Client.ListAsync(VaultItemKind.Service)]);
                if (!run.Get(cascade)) deletion.DemandNobodyNeeds(item);
                deletion.Enter(item);
                if (run.Get(dryRun))
                {
                    deletion.Show(run, isDone: false);
                    return;
                }
                if (run.Get(cascade) && !run.Get(yes)) deletion.Confirm(run, item);
                await deletion.RunAsync(run, open);
            });
    }

    private void DemandNobodyNeeds(LedgerItem item)
    {
        var needing = _needing[item.Id].ToList();
        if (needing.Count > 0)
            throw new CommandException(
                $"{item.Content.Name} is needed by {string.Join(", ", needing.Select(Named))}: delete them first, or "
                + "all together with --cascade.");
    }

    /// <summary>Whoever needs an item goes before it.</summary>
    private void Enter(LedgerItem item)
    {
        if (!_entered.Add(item.Id)) return;
        foreach (var needing in _needing[item.Id]) Enter(needing);
        _going.Add(item);
    }

    private void Confirm(Run run, LedgerItem item)
    {
        if (!run.Around.InIsTerminal)
            throw new UsageException(
                "A deletion cannot be undone: look at it with --dry-run, and say --yes where nobody can be asked.");
        foreach (var going in _going) run.Out.Note($"{going.Id.Kind}: {Named(going)}");
        run.Out.Note($"All of this goes for good. Type {item.Content.Name} to go on:");
        using var reader = new StreamReader(run.Around.In, leaveOpen: true);
        if (reader.ReadLine()?.Trim() is not { } typed || (typed != item.Content.Name && typed != $"{item.Id}"))
            throw new CommandException("Nothing was deleted.");
    }

    private async Task RunAsync(Run run, OpenVault open)
    {
        using (var progress = run.Out.Progress("deleting", _going.Count))
            foreach (var item in _going)
            {
                run.Cancellation.ThrowIfCancellationRequested();
                await open.Client.RemoveAsync(item);
                progress.Advance();
            }
        Show(run, isDone: true);
    }

    private void Show(Run run, bool isDone) => run.Out.Show(
        new
        {
            IsDone = isDone,
            Items = _going.Select(item => new { Id = $"{item.Id}", Kind = item.Id.Kind, item.Content.Name }),
        },
        () =>
        {
            run.Out.Line(isDone ? "Deleted:" : "Nothing was deleted. It would go, in this order:");
            run.Out.Table(["Kind", "Name", "Id"], _going.Select(IReadOnlyList<string?> (item) =>
                [OpenVault.Word(item.Id.Kind), item.Content.Name, $"{item.Id}"]));
        });

    private static string Named(LedgerItem item) => $"{item.Content.Name} ({item.Id})";
}
