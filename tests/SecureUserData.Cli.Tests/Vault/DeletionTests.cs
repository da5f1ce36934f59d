using System.Text.Json;

namespace SecureUserData.Cli.Tests.Vault;

public sealed class DeletionTests : IDisposable
{
    private readonly VaultShell _vault = new();

    [Fact]
    public async Task A_cascade_shows_everything_and_goes_on_only_when_the_name_is_typed()
    {
        await AcmeAsync();
        string[] delete = ["customer-del", "Acme", "--cascade"];
        _vault.Shell.InIsTerminal = true;
        foreach (var typed in (string[])["yes\n", "acme\n", "\n", ""])
        {
            var refused = await _vault.InputAsync(typed, delete);
            Assert.Equal(1, refused.Code);
            Assert.EndsWith("sud: Nothing was deleted.\n", refused.Error);
            string[] order = ["Service: database (", "Service: gate (", "Machine: web1 (", "Customer: Acme ("];
            var shown = refused.Error.Split('\n');
            Assert.Equal(order.Length + 3, shown.Length); // and what is asked, that nothing was deleted, and the end
            Assert.All(order.Zip(shown), pair => Assert.StartsWith(pair.First, pair.Second));
            Assert.Contains("Type Acme to go on", shown[order.Length]);
        }
        Assert.Equal(4, (await AllAsync()).Count);

        var deleted = await _vault.InputAsync(" Acme \n", [.. delete, "--json"]);
        Assert.Equal(0, deleted.Code);
        Assert.True(deleted.Json.GetProperty("isDone").GetBoolean());
        Assert.Equal(["database", "gate", "web1", "Acme"], Names(deleted.Json));
        Assert.Empty(await AllAsync());
    }

    [Fact]
    public async Task Where_nobody_can_be_asked_nothing_goes_and_a_dry_run_only_shows()
    {
        await AcmeAsync();
        string[] delete = ["customer-del", "Acme", "--cascade"];
        var unasked = await _vault.InputAsync("Acme\n", delete); // piped, not typed
        Assert.Equal(2, unasked.Code);
        Assert.Contains("--yes", unasked.Problem);
        var planned = await _vault.DoAsync([.. delete, "--dry-run"]);
        Assert.Contains("Nothing was deleted. It would go, in this order:", planned.Out);
        Assert.Equal(4, (await AllAsync()).Count);
        var alone = await _vault.RunAsync("customer-del", "Acme", "--yes");
        Assert.Contains("web1", alone.Problem);
        Assert.Equal(4, (await AllAsync()).Count);
    }

    /// <summary>A customer with a machine, a gate on it, and behind that a database.</summary>
    private async Task AcmeAsync()
    {
        await _vault.InitAsync();
        await _vault.DoAsync("group-add", "Operations");
        await _vault.DoAsync("customer-add", "Acme");
        await _vault.DoAsync("machine-add", "web1", "--customer", "Acme");
        var imported = await _vault.ImportAsync("name,machine,parent\ngate,web1,\ndatabase,web1,gate\n");
        Assert.True(imported.Code == 0, imported.Error);
    }

    private async Task<List<string?>> AllAsync() => Names(await _vault.JsonAsync("search"));

    private static List<string?> Names(JsonElement json) =>
        [.. json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString())];

    public void Dispose() => _vault.Dispose();
}
