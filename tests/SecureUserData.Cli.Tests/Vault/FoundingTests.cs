using System.Text.Json;

namespace SecureUserData.Cli.Tests.Vault;

public sealed class FoundingTests : IDisposable
{
    private readonly VaultShell _vault = new();

    [Fact]
    public async Task Who_takes_the_operators_invitation_founds_the_vault_once_and_in_time()
    {
        await _vault.MakeInstallationAsync();
        Assert.Contains(
            "leave --admin", (await _vault.RunAsync("init", "--print-invitation", "--admin", "Ada")).Problem);
        var printed = await _vault.JsonAsync("init", "--print-invitation");
        var invitation = Invitation(printed);
        Assert.Equal(900, printed.GetProperty("validForSeconds").GetInt32());
        Assert.Empty(_vault.KeyFiles);
        Assert.Contains("sud vault found", (await _vault.InputAsync(invitation, "setup")).Problem);
        Assert.Contains("never an argument", (await _vault.RunAsync("found", invitation)).Problem);

        _vault.Sit("Ada");
        Assert.Contains("mistyped", (await _vault.InputAsync(invitation[..^1] + "!", "found", "Ada")).Problem);
        _vault.Shell.Now = _vault.Shell.Now.AddSeconds(901);
        Assert.Contains("sign-in is refused", (await _vault.InputAsync(invitation, "found", "Ada")).Problem);
        Assert.Empty(_vault.KeyFiles); // keys that were refused are of no use
        _vault.Shell.Now = _vault.Shell.Now.AddSeconds(-1);
        Assert.Equal(0, (await _vault.InputAsync(invitation, "found", "Ada")).Code);
        await _vault.DoAsync("group-add", "Operations");

        _vault.Sit("Eve");
        Assert.Equal(1, (await _vault.InputAsync(invitation, "found", "Eve")).Code);
        _vault.Sit("Ada");
        var user = Assert.Single((await _vault.JsonAsync("user-list")).GetProperty("users").EnumerateArray());
        Assert.Equal("Ada", user.GetProperty("name").GetString());
        var later = Invitation(await _vault.JsonAsync("user-add", "Grace"));
        Assert.Contains("sud vault setup", (await _vault.InputAsync(later, "found", "Grace")).Problem);
    }

    [Fact]
    public async Task A_vault_that_was_made_and_not_founded_can_be_gone_on_with_and_stays_the_operators()
    {
        await _vault.MakeInstallationAsync();
        var folder = Path.Combine(_vault.Shell.Home, "Grace", "sud", "vault");
        await File.WriteAllTextAsync(folder, "", TestContext.Current.CancellationToken); // no key file can be here
        var failed = await _vault.RunAsync("init", "--admin", "Grace");
        Assert.Equal(1, failed.Code);
        var vault = failed.Error.Split(' ').First(word => word.StartsWith("vault/app_", StringComparison.Ordinal));
        Assert.Contains($"'sud vault init --vault {vault}'", failed.Error);
        Assert.Contains("after 2031-04-05 06:22:08Z", failed.Error);
        File.Delete(folder);

        string[] again = ["init", "--admin", "Grace", "--vault", vault];
        var early = await _vault.RunAsync(again);
        Assert.Contains("somebody has time yet", early.Problem);
        _vault.Shell.Now = _vault.Shell.Now.AddSeconds(901);
        Assert.Equal(vault, (await _vault.JsonAsync(again)).GetProperty("vault").GetString());
        await _vault.DoAsync("group-add", "Operations");
        await _vault.Shell.DoAsync("app", "register", "City Clinic", "--keep-in", "Operations");

        _vault.Shell.Now = _vault.Shell.Now.AddSeconds(901);
        Assert.Contains("has been founded", (await _vault.RunAsync(again)).Problem);
        var unknown = await _vault.RunAsync("init", "--vault", "vault/app_nobody");
        Assert.Equal(2, unknown.Code);
        Assert.Contains(vault, unknown.Problem);
    }

    private static string Invitation(JsonElement printed) => printed.GetProperty("invitation").GetString()!;

    public void Dispose() => _vault.Dispose();
}
