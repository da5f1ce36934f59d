using System.CommandLine;
using SecureUserData.Cli.Csv;
using SecureUserData.Vault;
using SecureUserData.Vault.Items;

namespace SecureUserData.Cli.Vault;

/// <summary><c>sud vault service-import</c>.</summary>
internal sealed class ServiceImportCommand
{
    private readonly Argument<string> _file = new("FILE")
    {
        Description = "A CSV file in UTF-8. Its first line names the columns: name, and any of url, secret, notes, "
            + "machine, parent and meta.KEY. Machines and parents are named by id or name; a parent may stand on a "
            + "line before. Spaces around secrets and notes are part of them.",
    };

    private readonly Option<string[]> _groups = new("--group")
    {
        Description = "A group whose members read what is sealed, by id or name; may be repeated.",
        HelpName = "GROUP",
        Required = true,
    };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only show what would be added." };

    internal static Command In(VaultCommands vault)
    {
        var import = new ServiceImportCommand();
        return vault.Command(
            "service-import",
            "Adds a service for each row of a CSV file, sealed here to the groups. All rows are checked first: while "
            + "one is wrong, none is added. A row whose name is on its machine already adds nothing, so that it can be "
            + "run again where it was stopped.",
            "sud vault service-import services.csv --group Operations --dry-run",
            [import._file, import._groups, import._dryRun],
            import.RunAsync);
    }

    private async Task RunAsync(Run run, OpenVault open)
    {
        var path = run.Around.FullPath(run.Get(_file));
        using var file = new CsvFile(path, RowFormat.ExactCsv);
        if (OwnerOnlyFile.IsOpenToOthers(path))
            run.Out.Warn($"others can read the secrets in {path}: run 'chmod 600' on it.");
        var columns = new ServiceColumns(file.Header);
        var groups = new List<VaultGroupId>();
        foreach (var group in run.Get(_groups)) groups.Add(await open.GroupAsync(group));
        var plan = new ServicePlan(open, columns, [.. groups], run.Around.Time.GetUtcNow());
        foreach (var row in file.Rows) plan.Add(row);
        if (plan.Problems.Count > 0)
        {
            foreach (var (line, reason) in plan.Problems) run.Out.Error($"line {line}: {reason}");
            throw new CommandException("Nothing was added: correct the file, and import it again.");
        }
        if (run.Get(_dryRun)) ShowPlan(run, open, plan);
        else await AddAsync(run, open, plan, path);
    }

    private static async Task AddAsync(Run run, OpenVault open, ServicePlan plan, string path)
    {
        var added = new Dictionary<VaultItemId, LedgerItem>(); // by what the rows name them by
        var progress = run.Out.Progress("importing", plan.Planned.Count);
        try
        {
            foreach (var service in plan.Planned)
            {
                run.Cancellation.ThrowIfCancellationRequested();
                var parent = service.Content.Parent is { } named && added.TryGetValue(named, out var before)
                    ? before.Id
                    : service.Content.Parent;
                added[service.Id] = await AddAsync(open, service, service.Content with { Parent = parent });
                progress.Advance();
            }
        }
        finally
        {
            progress.Dispose();
            Show(run, plan, added); // also when it ended early: what is done is done
        }
        run.Out.Note($"The secrets are still in {path}, for who can read it: delete it.");
    }

    private static async Task<LedgerItem> AddAsync(OpenVault open, PlannedService service, ItemContent content)
    {
        try
        {
            return await open.Client.AddAsync(VaultItemKind.Service, content, service.Secret, service.Notes);
        }
        catch (SecureUserDataException e)
        {
            throw new CommandException($"line {service.Line}: {e.Message}");
        }
    }

    private static void Show(Run run, ServicePlan plan, IReadOnlyDictionary<VaultItemId, LedgerItem> added)
    {
        var there = LineRanges.Of(plan.AlreadyThere);
        var left = LineRanges.Of(plan.Planned.Where(service => !added.ContainsKey(service.Id)).Select(s => s.Line));
        run.Out.Show(
            new
            {
                Added = plan.Planned.Where(service => added.ContainsKey(service.Id)).Select(service => new
                {
                    service.Line, Id = $"{added[service.Id].Id}", service.Content.Name,
                }),
                AlreadyThereLines = there,
                NotAddedLines = left,
            },
            () => run.Out.Details(
                ("Added", $"{added.Count} of {plan.Planned.Count}"),
                ("Already there", there.Count == 0 ? null : $"lines {string.Join(", ", there)}"),
                ("Not added", left.Count == 0 ? null : $"lines {string.Join(", ", left)}")));
    }

    private static void ShowPlan(Run run, OpenVault open, ServicePlan plan)
    {
        var names = plan.Planned.ToDictionary(service => service.Id, service => service.Content.Name);
        var rows = plan.Planned.Select(service => new
        {
            service.Line,
            service.Content.Name,
            service.Content.Url,
            Machine = Name(service.Content.Machine),
            Parent = Name(service.Content.Parent),
            HasSecret = service.Secret is not null,
            HasNotes = service.Notes is not null,
        }).ToList();
        var there = LineRanges.Of(plan.AlreadyThere);
        run.Out.Show(
            new { Items = rows, AlreadyThereLines = there },
            () =>
            {
                run.Out.Line("Nothing was added. It would be, in this order:");
                run.Out.Table(
                    ["Line", "Name", "URL", "Machine", "Reached through", "Secret", "Notes"],
                    rows.Select(IReadOnlyList<string?> (r) =>
                    [
                        $"{r.Line}", r.Name, r.Url, r.Machine, r.Parent, r.HasSecret ? "yes" : "",
                        r.HasNotes ? "yes" : "",
                    ]));
                if (there.Count > 0) run.Out.Line($"Already there: lines {string.Join(", ", there)}.");
            });

        string? Name(VaultItemId? id) =>
            id is { } there ? names.GetValueOrDefault(there) ?? open.Ledger.Items[there].Content.Name : null;
    }
}
