using System.Collections.Immutable;
using System.CommandLine;
using SecureUserData.Cli.Commands;
using SecureUserData.Vault;
using SecureUserData.Vault.Items;

namespace SecureUserData.Cli.Vault;

/// <summary>The options that make up a customer, a machine or a service. What is not named stays as it was; an empty
/// text takes a value away.</summary>
/// <param name="kind">Which of the three.</param>
internal sealed class ItemOptions(VaultItemKind kind)
{
    private readonly Option<string?> _name = new("--name") { Description = "Its new name.", HelpName = "NAME" };
    private readonly Option<string?> _customer = Link("--customer", "The customer that it belongs to, by id or name.");
    private readonly Option<string?> _fqdn = Text("--fqdn", "Its fully qualified domain name.");
    private readonly Option<string?> _ip = Text("--ip", "Its IP address.");
    private readonly Option<string?> _location = Text("--location", "Where it is.");
    private readonly Option<string?> _machine = Link("--machine", "The machine that it runs on, by id or name.");
    private readonly Option<string?> _parent = Link("--parent", "The service through which it is reached.");
    private readonly Option<string?> _url = Text("--url", "Its address.");

    private readonly Option<string[]> _metadata = new("--meta")
    {
        Description = "An entry of its metadata, readable to everybody in the vault; may be repeated.",
        HelpName = "key=value",
    };

    private readonly Option<string[]> _groups = new("--group")
    {
        Description = "A group whose members read what is sealed in it, by id or name; may be repeated.",
        HelpName = "GROUP",
    };

    private readonly Option<bool> _notes = new("--notes") { Description = "Ask for notes, which are sealed." };

    private readonly Option<bool> _notesStdin = new("--notes-stdin")
    {
        Description = "Read notes, which are sealed, from stdin.",
    };

    internal IEnumerable<Option> ForAdding => [.. Own, _groups, _notes, _notesStdin];

    internal IEnumerable<Option> ForChanging => [_name, .. Own, _notes, _notesStdin];

    /// <summary>Whether stdin is taken.</summary>
    internal bool IsNotesStdin(Run run) => run.Get(_notesStdin);

    internal bool HasRecord(Run run) => ForChanging.Except([_notes, _notesStdin]).Any(run.Has);

    private IEnumerable<Option> Own => kind switch
    {
        VaultItemKind.Customer => [],
        VaultItemKind.Machine => [_customer, _fqdn, _ip, _location],
        VaultItemKind.Service => [_machine, _parent, _url, _metadata],
    };

    internal async Task<ItemContent> NewAsync(Run run, OpenVault open, string name)
    {
        var groups = ImmutableArray.CreateBuilder<VaultGroupId>();
        foreach (var group in run.Get(_groups)) groups.Add(await open.GroupAsync(group));
        return await ReadAsync(run, open, new ItemContent(name) { Groups = groups.ToImmutable() });
    }

    internal async Task<ItemContent> ReadAsync(Run run, OpenVault open, ItemContent before) => kind switch
    {
        VaultItemKind.Customer => Named(run, before),
        VaultItemKind.Machine => Named(run, before) with
        {
            Customer = await LinkAsync(run, open, _customer, VaultItemKind.Customer, before.Customer),
            Fqdn = run.Get(_fqdn) ?? before.Fqdn,
            Ip = run.Get(_ip) ?? before.Ip,
            Location = run.Get(_location) ?? before.Location,
        },
        VaultItemKind.Service => Named(run, before) with
        {
            Machine = await LinkAsync(run, open, _machine, VaultItemKind.Machine, before.Machine),
            Parent = await LinkAsync(run, open, _parent, VaultItemKind.Service, before.Parent),
            Url = run.Get(_url) ?? before.Url,
            Metadata = Metadata(run, before),
        },
    };

    /// <summary>New notes; null for none.</summary>
    internal byte[]? Notes(Run run)
    {
        if (!run.Get(_notes) && !run.Get(_notesStdin)) return null;
        return SecretInput.Text(run, "notes", run.Get(_notesStdin));
    }

    private ItemContent Named(Run run, ItemContent before) => before with { Name = run.Get(_name) ?? before.Name };

    private ImmutableSortedDictionary<string, string> Metadata(Run run, ItemContent before)
    {
        var metadata = before.Metadata;
        foreach (var (key, value) in Fields.Parse(run.Get(_metadata)))
            metadata = value.Length == 0 ? metadata.Remove(key) : metadata.SetItem(key, value);
        return metadata;
    }

    private static async Task<VaultItemId?> LinkAsync(
        Run run, OpenVault open, Option<string?> option, VaultItemKind kind, VaultItemId? before) =>
        run.Get(option) switch
        {
            null => before,
            "" => null,
            var text => (await open.ItemAsync(kind, text)).Id,
        };

    private static Option<string?> Link(string name, string description) =>
        new(name) { Description = description, HelpName = name[2..].ToUpperInvariant() };

    private static Option<string?> Text(string name, string description) =>
        new(name) { Description = description, HelpName = "TEXT" };
}
