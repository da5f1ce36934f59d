using SecureUserData.Cli.Vault;
using SecureUserData.Vault;
using SecureUserData.Vault.Items;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Cli.Tests.Vault;

public sealed class ServiceChainTests
{
    private readonly VaultItemId _gate = VaultItemId.New(VaultItemKind.Service);
    private readonly VaultItemId _host = VaultItemId.New(VaultItemKind.Service);
    private readonly VaultItemId _database = VaultItemId.New(VaultItemKind.Service);

    [Fact]
    public void The_way_begins_with_what_is_reached_first()
    {
        var ledger = Ledger(
            Service(_gate, "gate"), Service(_host, "host", _gate), Service(_database, "database", _host));
        Assert.Equal(["gate", "host", "database"], Walk(ledger));
    }

    /// <summary>An honest server takes no such act: a dishonest one must not make a client go round for ever.</summary>
    [Fact]
    public void A_circle_is_named_and_ends()
    {
        var ledger = Ledger(
            Service(_gate, "gate", _host), Service(_host, "host", _gate), Service(_database, "database", _gate));
        var problem = Assert.Throws<CommandException>(() => Walk(ledger)).Message;
        Assert.Contains($"in a circle at gate ({_gate})", problem);
        Assert.Contains("sud vault service-put", problem);
    }

    [Fact]
    public void What_the_way_lacks_is_named()
    {
        var gone = Service(_gate, "gate");
        var ledger = Ledger(
            gone with { Content = gone.Content with { IsRemoved = true } }, Service(_database, "database", _gate));
        Assert.Contains($"{_gate}, which is not there", Assert.Throws<CommandException>(() => Walk(ledger)).Message);
    }

    private List<string> Walk(LedgerState ledger) =>
        [.. ServiceChain.Walk(ledger, ledger.Items[_database]).Select(link => link.Service.Content.Name)];

    private static LedgerItem Service(VaultItemId id, string name, VaultItemId? parent = null) =>
        new(id, new ItemContent(name) { Parent = parent });

    private static LedgerState Ledger(params LedgerItem[] items)
    {
        var ledger = new LedgerState(new VaultId(AppId.New()));
        return ledger with { Items = ledger.Items.AddRange(items.Select(item => KeyValuePair.Create(item.Id, item))) };
    }
}
