using System.CommandLine;
using SecureUserData.Vault;

namespace SecureUserData.Cli.Vault;

/// <summary><c>sud vault customer-…</c>, <c>machine-…</c> and <c>service-…</c>, which are alike.</summary>
internal sealed class VaultItemCommands
{
    private readonly VaultCommands _vault;
    private readonly VaultItemKind _kind;
    private readonly string _what;
    private readonly string _example;
    private readonly ItemOptions _options;

    private VaultItemCommands(VaultCommands vault, VaultItemKind kind, string example)
    {
        (_vault, _kind, _what, _example) = (vault, kind, OpenVault.Word(kind), example);
        _options = new ItemOptions(kind);
    }

    internal static IEnumerable<Command> In(VaultCommands vault) =>
    [
        .. new VaultItemCommands(vault, VaultItemKind.Customer, "'Acme Ltd'").All(),
        .. new VaultItemCommands(vault, VaultItemKind.Machine, "web1").All(),
        .. new VaultItemCommands(vault, VaultItemKind.Service, "database").All(),
    ];

    private IEnumerable<Command> All() =>
        [Add(), Get(), Put(), ItemDeletion.Command(_vault, _kind, _example), List()];

    private Command Add()
    {
        var name = VaultCommands.Named("NAME", "Its name.");
        var stdin = new Option<bool>("--secret-stdin") { Description = "Read the secret from stdin." };
        var none = new Option<bool>("--no-secret") { Description = "It has no secret." };
        var isService = _kind == VaultItemKind.Service;
        return _vault.Command(
            $"{_what}-add",
            $"Adds a {_what}. " + (isService
                ? "Its secret is asked for, or read from stdin, and sealed here to its groups."
                : "Everybody in the vault, and the server, sees all but its notes."),
            _kind switch
            {
                VaultItemKind.Customer => $"sud vault customer-add {_example}",
                VaultItemKind.Machine =>
                    $"sud vault machine-add {_example} --customer 'Acme Ltd' --fqdn web1.example.org",
                VaultItemKind.Service => $"sud vault service-add {_example} --group Operations --machine web1",
            },
            [name, .. _options.ForAdding, .. isService ? (Option[])[stdin, none] : []],
            async (run, open) =>
            {
                var content = await _options.NewAsync(run, open, run.Get(name));
                if (isService && run.Get(stdin) && _options.IsNotesStdin(run))
                    throw new UsageException("Stdin is one text: read the secret or the notes from it.");
                var secret = isService && !run.Get(none) ? SecretInput.Text(run, "secret", run.Get(stdin)) : null;
                var item = await open.Client.AddAsync(_kind, content, secret, _options.Notes(run));
                run.Out.Show(
                    new { Id = $"{item.Id}", item.Content.Name },
                    () => run.Out.Details((Title, item.Content.Name), ("Id", $"{item.Id}")));
            });
    }

    private Command Get()
    {
        var name = VaultCommands.Named(_what.ToUpperInvariant(), $"The {_what}'s id or name.");
        var notes = new Option<bool>("--notes") { Description = "Open its notes. It is on record." };
        return _vault.Command(
            $"{_what}-get",
            $"Shows a {_what}.",
            $"sud vault {_what}-get {_example}",
            [name, notes],
            async (run, open) =>
            {
                var item = await open.ItemAsync(_kind, run.Get(name));
                var groups = await open.GroupNamesAsync();
                var text = run.Get(notes)
                    ? (await open.Client.ReadAsync(item, VaultTextKind.Notes)).Content
                    : null;
                run.Out.Show(ItemText.Json(item, text), () =>
                {
                    run.Out.Details([.. ItemText.Details(item, groups)]);
                    if (text is null) return;
                    run.Out.Line("Notes:");
                    ItemText.Print(run, text);
                });
            });
    }

    private Command Put()
    {
        var name = VaultCommands.Named(_what.ToUpperInvariant(), $"The {_what}'s id or name.");
        return _vault.Command(
            $"{_what}-put",
            $"Changes a {_what}: what is named, and nothing else; an empty text takes a value away.",
            $"sud vault {_what}-put {_example} --name 'New name'",
            [name, .. _options.ForChanging],
            async (run, open) =>
            {
                var item = await open.ItemAsync(_kind, run.Get(name));
                var isRecord = _options.HasRecord(run);
                var notes = _options.Notes(run);
                if (!isRecord && notes is null) throw new UsageException("Nothing is to be changed: name an option.");
                if (isRecord)
                    item = await open.Client.PutAsync(item, await _options.ReadAsync(run, open, item.Content));
                if (notes is not null) item = await open.Client.SetTextAsync(item, VaultTextKind.Notes, notes);
                var groups = await open.GroupNamesAsync();
                run.Out.Show(
                    ItemText.Json(item, null), () => run.Out.Details([.. ItemText.Details(item, groups)]));
            });
    }

    private Command List() => _vault.Command(
        $"{_what}-list",
        $"Lists the {_what}s, oldest first, without anything that is sealed.",
        $"sud vault {_what}-list",
        [],
        async (run, open) =>
        {
            var items = await open.Client.ListAsync(_kind);
            var groups = await open.GroupNamesAsync();
            run.Out.Show(
                new { Items = items.Select(item => ItemText.Json(item, null)) },
                () => run.Out.Table(["Id", "Name", "More"], items.Select(IReadOnlyList<string?> (item) =>
                    [$"{item.Id}", item.Content.Name, ItemText.More(item, groups)])));
        });

    private string Title => $"{char.ToUpperInvariant(_what[0])}{_what[1..]}";
}
