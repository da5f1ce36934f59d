using System.Collections.Immutable;
using System.Text;
using SecureUserData.Cli.Vault;
using SecureUserData.Vault;
using SecureUserData.Vault.Items;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Cli.Csv;

/// <summary>A service that a row asks for.</summary>
/// <param name="Line">The line that the row begins on.</param>
/// <param name="Id">What rows after it name it by.</param>
/// <param name="Content">What everybody in the vault will see.</param>
internal sealed record PlannedService(int Line, VaultItemId Id, ItemContent Content)
{
    internal byte[]? Secret { get; init; }

    internal byte[]? Notes { get; init; }
}

/// <summary>Looks at all rows before the first service is added: each is tried by the vault's own rules, on top of the
/// rows before it, without anything being signed or sent.</summary>
internal sealed class ServicePlan
{
    private static readonly Signatures Unsigned = new(areVerified: true);

    private readonly ServiceColumns _columns;
    private readonly ImmutableArray<VaultGroupId> _groups;
    private readonly OpenVault _open;
    private readonly DateTimeOffset _now;
    private readonly ILookup<string, LedgerItem> _machines;
    private readonly Dictionary<string, List<(VaultItemId Id, ItemContent Content, int? Line)>> _services =
        new(StringComparer.Ordinal);
    private readonly List<PlannedService> _planned = [];
    private readonly List<int> _alreadyThere = [];
    private readonly List<(int Line, string Reason)> _problems = [];
    private LedgerState _state;

    internal ServicePlan(
        OpenVault open, ServiceColumns columns, ImmutableArray<VaultGroupId> groups, DateTimeOffset now)
    {
        (_open, _columns, _groups, _now, _state) = (open, columns, groups, now, open.Ledger);
        var items = _state.Items.Values.Where(item => !item.Content.IsRemoved).ToLookup(item => item.Id.Kind);
        _machines = items[VaultItemKind.Machine].ToLookup(item => item.Content.Name, StringComparer.Ordinal);
        foreach (var service in items[VaultItemKind.Service])
            Named(service.Content.Name).Add((service.Id, service.Content, null));
    }

    /// <summary>What is to be added, in the order of the rows.</summary>
    internal IReadOnlyList<PlannedService> Planned => _planned;

    /// <summary>Lines whose services, by name and machine, are in the vault.</summary>
    internal IReadOnlyList<int> AlreadyThere => _alreadyThere;

    /// <summary>Lines that nothing can be made of, and why.</summary>
    internal IReadOnlyList<(int Line, string Reason)> Problems => _problems;

    internal void Add(CsvRow row)
    {
        try
        {
            if (row.Problem is { } problem) throw new CommandException($"{problem}.");
            Plan(row);
        }
        catch (Exception e) when (e is CommandException or SecureUserDataException)
        {
            _problems.Add((row.Line, e.Message));
        }
    }

    private void Plan(CsvRow row)
    {
        var content = new ItemContent(_columns.Text(row, "name"))
        {
            Machine = Machine(_columns.Text(row, "machine")),
            Parent = Parent(_columns.Text(row, "parent")),
            Url = _columns.Text(row, "url"),
            Metadata = _columns.Metadata(row),
        };
        foreach (var other in Named(content.Name).Where(other => other.Content.Machine == content.Machine))
        {
            if (other.Line is { } line)
                throw new CommandException($"Line {line} has the same name, on the same machine: keep one of them.");
            _alreadyThere.Add(row.Line);
            return;
        }
        var planned = new PlannedService(row.Line, VaultItemId.New(VaultItemKind.Service), content.In(_groups))
        {
            Secret = Sealed(row, "secret"), Notes = Sealed(row, "notes"),
        };
        var act = new SignedAct(_state.Vault, _state.Head, _now, _open.Me, new PutItem(planned.Id, planned.Content));
        _state = VaultLedger.Apply(_state, new Signed(act.ToBody(), []), Unsigned);
        Named(content.Name).Add((planned.Id, planned.Content, row.Line));
        _planned.Add(planned);
    }

    private byte[]? Sealed(CsvRow row, string column)
    {
        var text = Encoding.UTF8.GetBytes(_columns.Exact(row, column));
        if (text.Length > VaultLimits.SecretBytes)
            throw new CommandException(
                $"A secret, or notes, has at most {VaultLimits.SecretBytes} bytes: shorten '{column}'.");
        return text.Length == 0 ? null : text;
    }

    private VaultItemId? Machine(string text) =>
        ById(text, VaultItemKind.Machine) ?? One("machine", text, [.. _machines[text].Select(item => item.Id)]);

    /// <summary>A service that is there, or of a row before.</summary>
    private VaultItemId? Parent(string text) =>
        ById(text, VaultItemKind.Service) ?? One("service", text, [.. Named(text).Select(service => service.Id)]);

    private VaultItemId? ById(string text, VaultItemKind kind) =>
        VaultItemId.TryParse(text, out var id) && id.Kind == kind
        && _state.Items.GetValueOrDefault(id) is { Content.IsRemoved: false } ? id : null;

    private static VaultItemId? One(string what, string text, IReadOnlyList<VaultItemId> named) => named switch
    {
        _ when text.Length == 0 => null,
        [var only] => only,
        [] => throw new CommandException($"There is no {what} '{text}', in the vault or on a line before."),
        _ => throw new CommandException($"Several {what}s are named '{text}': give the id."),
    };

    private List<(VaultItemId Id, ItemContent Content, int? Line)> Named(string name)
    {
        if (!_services.TryGetValue(name, out var named)) _services[name] = named = [];
        return named;
    }
}
