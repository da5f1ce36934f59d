using System.Text.Json;

namespace SecureUserData.Cli.Tests.Vault;

public sealed class VaultItemTests : IDisposable
{
    private const string Secret = "correct horse battery staple";

    private readonly VaultShell _vault = new();

    [Fact]
    public async Task Items_are_shown_with_the_way_to_them_found_by_all_words_and_deleted_together()
    {
        await AcmeAsync();
        var shown = (await _vault.JsonAsync("show", "database", "--secret")).GetProperty("services").EnumerateArray()
            .ToList();
        Assert.Equal(
            ["gate", "database"],
            shown.Select(link => link.GetProperty("service").GetProperty("name").GetString()));
        Assert.Equal(["key of the gate", Secret], shown.Select(link => link.GetProperty("secret").GetString()));
        Assert.Equal("Acme", shown[1].GetProperty("customer").GetProperty("name").GetString());
        Assert.Contains("opened with --secret", (await _vault.DoAsync("show", "database")).Out);

        Assert.Equal(["database"], await FoundAsync("ACME", "pg://"));
        Assert.Equal(["database"], await FoundAsync("production", "--group", "Operations"));
        Assert.Equal(["web1", "gate", "database"], await FoundAsync("--machine", "web1"));
        Assert.Equal(["Acme", "web1", "gate", "database"], await FoundAsync("--customer", "Acme"));
        Assert.Empty(await FoundAsync("acme", "nothing"));
        Assert.Empty(await FoundAsync("horse"));
        Assert.Empty(await FoundAsync("cellar"));

        Assert.Contains("gate", (await _vault.RunAsync("machine-del", "web1")).Problem);
        Assert.Contains("database", (await _vault.RunAsync("service-del", "gate")).Problem);
        var planned = await _vault.JsonAsync("customer-del", "Acme", "--cascade", "--dry-run");
        string[] order = ["database", "gate", "web1", "Acme"];
        Assert.Equal(order, Names(planned));
        Assert.Equal(4, (await FoundAsync()).Count);
        Assert.Equal(2, (await _vault.RunAsync("customer-del", "Acme", "--cascade")).Code);
        Assert.Equal(order, Names(await _vault.JsonAsync("customer-del", "Acme", "--cascade", "--yes")));
        Assert.Empty(await FoundAsync());
    }

    [Fact]
    public async Task What_is_named_is_changed_and_the_rest_stays()
    {
        await AcmeAsync();
        await _vault.DoAsync("service-put", "database", "--url", "pg://new.example.org", "--meta", "tier=");
        var changed = await _vault.JsonAsync("service-get", "database");
        Assert.Equal("pg://new.example.org", changed.GetProperty("url").GetString());
        Assert.Empty(changed.GetProperty("metadata").EnumerateObject());
        Assert.NotNull(changed.GetProperty("parent").GetString());
        await _vault.DoAsync("service-put", "database", "--parent", "");
        Assert.Null((await _vault.JsonAsync("service-get", "database")).GetProperty("parent").GetString());
        Assert.Equal(
            "in the cellar",
            (await _vault.JsonAsync("service-get", "database", "--notes")).GetProperty("notes").GetString());
        await _vault.DoAsync("customer-add", "Acme");
        var ambiguous = await _vault.RunAsync("customer-get", "Acme");
        Assert.Equal(2, ambiguous.Code);
        Assert.Contains("vcus_", ambiguous.Problem);
        Assert.Equal(2, (await _vault.RunAsync("service-put", "database")).Code);
    }

    [Fact]
    public async Task A_command_runs_with_the_secrets_in_its_environment_and_the_folder_closed()
    {
        await AcmeAsync();
        await _vault.DoAsync("run", "database", "gate", "--", "sh", "-c", "printf %s \"$DATABASE/$GATE\" > out.txt");
        Assert.Equal($"{Secret}/key of the gate", await ReadAsync("out.txt"));
        await _vault.DoAsync(
            "run", "database", "--env", "PGPASSWORD", "--", "sh", "-c", "printf %s \"$PGPASSWORD\" > out.txt");
        Assert.Equal(Secret, await ReadAsync("out.txt"));
        Assert.Equal(7, (await _vault.RunAsync("run", "database", "--", "sh", "-c", "exit 7")).Code);
        Assert.Equal(127, (await _vault.RunAsync("run", "database", "--", "no-such-command")).Code);
        Assert.Equal(2, (await _vault.RunAsync("run", "database")).Code);
    }

    [Fact]
    public async Task A_user_comes_back_from_the_recovery_kit_and_only_by_the_right_fingerprint()
    {
        await AcmeAsync();
        var kit = await _vault.JsonAsync("recovery-kit");
        Assert.DoesNotContain(VaultShell.Passphrase, kit.GetRawText());
        _vault.Shell.File("my.key", kit.GetProperty("keyFile").GetString()!);
        _vault.Sit("a new machine");
        var root = kit.GetProperty("root").GetString()!;
        var other = (root[0] == '0' ? '1' : '0') + root[1..];
        Assert.Contains("not founded by", (await _vault.RunAsync("recover", "my.key", "--root", other)).Problem);
        await _vault.DoAsync("recover", "my.key", "--root", root);
        Assert.Equal(Secret, await _vault.SecretAsync("database"));
    }

    [Fact]
    public async Task A_recovery_keeps_what_was_seen_of_the_vault_also_when_it_fails()
    {
        await AcmeAsync();
        var kit = await _vault.JsonAsync("recovery-kit");
        _vault.Shell.File("my.key", kit.GetProperty("keyFile").GetString()!);
        var root = kit.GetProperty("root").GetString()!;
        var key = Assert.Single(_vault.KeyFiles);
        var seen = Path.ChangeExtension(key, ".trust");
        var before = await File.ReadAllBytesAsync(seen, TestContext.Current.CancellationToken);
        File.Delete(key);

        var other = (root[0] == '0' ? '1' : '0') + root[1..];
        Assert.Contains("correct --root", (await _vault.RunAsync("recover", "my.key", "--root", other)).Problem);
        Assert.Equal(before, await File.ReadAllBytesAsync(seen, TestContext.Current.CancellationToken));
        var (data, away) = (_vault.Shell.Data, Path.Combine(_vault.Shell.Here, "away"));
        Directory.Move(data, away);
        Assert.Equal(1, (await _vault.RunAsync("recover", "my.key", "--root", root)).Code);
        Assert.Equal(before, await File.ReadAllBytesAsync(seen, TestContext.Current.CancellationToken));
        Assert.False(File.Exists(key));
        Directory.Move(away, data);
        await _vault.DoAsync("recover", "my.key", "--root", root);

        Assert.Equal(Secret, await _vault.SecretAsync("database"));
        Assert.True(new FileInfo(seen).Length >= before.Length); // not begun anew
    }

    [Fact]
    public async Task A_user_whose_seen_state_is_lost_keeps_nobody_else_out()
    {
        await _vault.InitAsync();
        await _vault.JoinAsync("Ada");
        var grace = _vault.KeyFiles.Single(file => file.Contains("/Grace/", StringComparison.Ordinal));
        var machine = Path.GetDirectoryName(grace)!;
        var ada = _vault.KeyFiles.Single(file => file != grace);
        File.Copy(ada, Path.Combine(machine, Path.GetFileName(ada))); // and not what she has seen
        _vault.Sit("Grace");

        await _vault.DoAsync("user-list", "--as", "Grace");
        var lost = await _vault.RunAsync("user-list", "--as", Path.GetFileNameWithoutExtension(ada));

        Assert.Contains("move the key file away", lost.Problem);
    }

    [Fact]
    public async Task An_older_state_of_the_server_is_found_out()
    {
        await AcmeAsync();
        var data = _vault.Shell.Data;
        var copy = Path.Combine(_vault.Shell.Here, "copy");
        Copy(data, copy);
        await _vault.DoAsync("service-put", "database", "--url", "pg://new.example.org");
        Directory.Delete(data, recursive: true);
        Directory.Move(copy, data);
        foreach (var command in (string[])["show", "service-get"])
            Assert.Contains("older than what it has shown", (await _vault.RunAsync(command, "database")).Problem);
    }

    [Fact]
    public async Task A_server_that_shows_nothing_new_for_a_week_is_told()
    {
        await AcmeAsync();
        Assert.DoesNotContain("7 days ago", (await _vault.DoAsync("user-list")).Error);
        _vault.Shell.Now = _vault.Shell.Now.AddDays(8);
        Assert.Contains("7 days ago", (await _vault.DoAsync("user-list")).Error);
    }

    [Fact]
    public async Task An_applications_credential_is_kept_in_the_vault_only()
    {
        await AcmeAsync();
        await _vault.Shell.DoAsync("app", "register", "City Clinic", "--keep-in", "Operations");
        var credential = await _vault.SecretAsync("City Clinic");
        Assert.StartsWith("sud_app_", credential);
        Assert.DoesNotContain(credential!, await File.ReadAllTextAsync(
            Directory.GetFiles(Path.Combine(_vault.Shell.Home, "Grace", "sud", "credentials")).Single(),
            TestContext.Current.CancellationToken));
        _vault.Shell.Variables["SUD_CREDENTIAL"] = credential!;
        await _vault.Shell.DoAsync("user", "create", "--set", "email=ada@example.org", "--save-as", "ada");
    }

    /// <summary>A customer with a machine, a gate on it, and behind that a database.</summary>
    private async Task AcmeAsync()
    {
        await _vault.InitAsync();
        await _vault.DoAsync("group-add", "Operations");
        await _vault.DoAsync("customer-add", "Acme");
        await _vault.DoAsync("machine-add", "web1", "--customer", "Acme", "--fqdn", "web1.example.org");
        await _vault.AddServiceAsync("gate", "key of the gate", "--group", "Operations", "--machine", "web1");
        await _vault.AddServiceAsync(
            "database", Secret, "--group", "Operations", "--machine", "web1", "--parent", "gate", "--url",
            "pg://db.example.org", "--meta", "tier=production");
        Assert.Equal(0, (await _vault.InputAsync("in the cellar", "service-put", "database", "--notes-stdin")).Code);
    }

    private async Task<List<string?>> FoundAsync(params string[] args) =>
        Names(await _vault.JsonAsync(["search", .. args]));

    private static List<string?> Names(JsonElement json) =>
        [.. json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString())];

    private Task<string> ReadAsync(string file) =>
        File.ReadAllTextAsync(Path.Combine(_vault.Shell.Here, file), TestContext.Current.CancellationToken);

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    public void Dispose() => _vault.Dispose();
}
