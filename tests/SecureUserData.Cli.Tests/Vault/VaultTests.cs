namespace SecureUserData.Cli.Tests.Vault;

public sealed class VaultTests : IDisposable
{
    private const string Secret = "correct horse battery staple";

    private readonly VaultShell _vault = new();

    [Fact]
    public async Task A_team_shares_a_secret_and_stops_sharing_it_with_who_leaves()
    {
        await _vault.InitAsync();
        await _vault.DoAsync("group-add", "Operations");
        await _vault.AddServiceAsync(
            "database", Secret + "\n", "--group", "Operations", "--url", "pg://db.example.org");
        await _vault.JoinAsync("Ada");
        Assert.Contains("Only a member", (await _vault.RunAsync("service-put", "database", "--url", "x")).Problem);
        var refused = await _vault.DoAsync("show", "database", "--secret");
        Assert.Contains("(not shown: ", refused.Out);
        Assert.DoesNotContain(Secret, refused.Out);

        _vault.Sit("Grace");
        Assert.Contains("one member only", (await _vault.DoAsync("group-list")).Out);
        await _vault.DoAsync("group-add-user", "Operations", "Ada");
        Assert.DoesNotContain("one member only", (await _vault.DoAsync("group-list")).Out);
        _vault.Sit("Ada");
        Assert.Equal(Secret, await _vault.SecretAsync("database"));
        var changed = await _vault.InputAsync("a newer one\n", "service-passwd", "database", "--secret-stdin");
        Assert.Equal(0, changed.Code);
        var history = (await _vault.JsonAsync("history", "database")).GetProperty("versions");
        Assert.Equal(["Grace", "Ada"], history.EnumerateArray().Select(v => v.GetProperty("name").GetString()));

        _vault.Sit("Grace");
        Assert.Equal("a newer one", await _vault.SecretAsync("database"));
        await _vault.AddServiceAsync("never read by Ada", Secret, "--group", "Operations");
        var left = await _vault.JsonAsync("group-del-user", "Operations", "Ada");
        Assert.Equal(2, left.GetProperty("resealed").GetInt32());
        var toChange = Assert.Single(left.GetProperty("toChange").EnumerateArray());
        Assert.Equal("database", toChange.GetProperty("name").GetString());
        Assert.Equal("a newer one", await _vault.SecretAsync("database"));
        _vault.Sit("Ada");
        Assert.Contains("(not shown: ", (await _vault.DoAsync("show", "database", "--secret")).Out);
    }

    [Fact]
    public async Task A_user_who_is_removed_signs_in_no_more_and_names_can_be_ids()
    {
        await _vault.InitAsync();
        await _vault.JoinAsync("Ada", "--admin");
        _vault.Sit("Grace");
        var users = (await _vault.JsonAsync("user-list")).GetProperty("users").EnumerateArray().ToList();
        Assert.Equal(["Grace", "Ada"], users.Select(user => user.GetProperty("name").GetString()));
        Assert.All(users, user => Assert.True(user.GetProperty("isAdministrator").GetBoolean()));
        var id = users[1].GetProperty("id").GetString()!;
        await _vault.DoAsync("user-admin", id, "off");
        Assert.Contains("last global administrator", (await _vault.RunAsync("user-admin", "Grace", "off")).Problem);
        await _vault.DoAsync("user-del", id);
        _vault.Sit("Ada");
        Assert.Equal(1, (await _vault.RunAsync("user-list")).Code);
    }

    [Fact]
    public async Task A_secret_is_typed_twice_and_the_passphrase_can_be_changed()
    {
        await _vault.InitAsync();
        await _vault.DoAsync("group-add", "Operations");
        _vault.Shell.InIsTerminal = true;
        foreach (var typed in (string[])[Secret, "something else"]) _vault.Shell.Typed.Enqueue(typed);
        string[] add = ["service-add", "database", "--group", "Operations"];
        Assert.Contains("not the same", (await _vault.RunAsync(add)).Error);
        foreach (var typed in (string[])[Secret, Secret]) _vault.Shell.Typed.Enqueue(typed);
        await _vault.DoAsync(add);
        Assert.Equal(Secret, await _vault.SecretAsync("database"));

        foreach (var typed in (string[])["a passphrase that is new", "a passphrase that is new"])
            _vault.Shell.Typed.Enqueue(typed);
        await _vault.DoAsync("user-passwd");
        Assert.Contains("passphrase does not open", (await _vault.RunAsync("user-list")).Problem);
        _vault.Shell.Variables.Remove("SUD_VAULT_PASSPHRASE_FILE");
        _vault.Shell.Typed.Enqueue("a passphrase that is new");
        await _vault.DoAsync("user-list");
    }

    [Fact]
    public async Task An_invitation_works_once_and_in_time()
    {
        await _vault.InitAsync();
        var invitation = (await _vault.JsonAsync("user-add", "Ada")).GetProperty("invitation").GetString()!;
        Assert.Contains("never an argument", (await _vault.RunAsync("setup", invitation)).Problem);
        _vault.Sit("Ada");
        _vault.Shell.Now = _vault.Shell.Now.AddSeconds(301);
        Assert.Contains("sign-in is refused", (await _vault.InputAsync(invitation, "setup")).Problem);
        Assert.Single(Directory.GetFiles(_vault.Shell.Home, "vusr_*.key", SearchOption.AllDirectories)); // Grace's
        _vault.Sit("Grace");
        var again = (await _vault.JsonAsync("user-add", "Ada", "--admin")).GetProperty("invitation").GetString()!;
        _vault.Sit("Ada");
        Assert.Equal(1, (await _vault.InputAsync(invitation, "setup")).Code);
        Assert.Equal(0, (await _vault.InputAsync(again, "setup")).Code);
        Assert.All( // as was said the second time
            (await _vault.JsonAsync("user-list")).GetProperty("users").EnumerateArray(),
            user => Assert.True(user.GetProperty("isAdministrator").GetBoolean()));
        _vault.Sit("Eve");
        Assert.Equal(1, (await _vault.InputAsync(again, "setup")).Code);
    }

    public void Dispose() => _vault.Dispose();
}
