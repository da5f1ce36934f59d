using System.Text.Json;
using System.Text.RegularExpressions;

namespace SecureUserData.Cli.Tests;

public sealed partial class CredentialTests : IDisposable
{
    private readonly Shell _shell = new();

    [Fact]
    public async Task A_secret_on_the_command_line_is_refused_and_not_repeated()
    {
        await _shell.SetUpAsync();
        var secret = Secret("operator");
        foreach (var args in (string[][])
            [["app", "list", "--as", secret], [secret], ["user", "claim", secret], ["user", "set", $"note={secret}"]])
        {
            var result = await _shell.RunAsync(args);
            Assert.Equal(2, result.Code);
            Assert.Contains("never an argument", result.Problem);
            Assert.DoesNotContain(secret, result.Error + result.Out);
        }
    }

    [Fact]
    public async Task No_command_prints_a_secret()
    {
        await _shell.DoAsync("init");
        var printed = "";
        foreach (var args in (string[][])
        [
            ["app", "register", "Clinic", "--json"],
            ["user", "create", "--set", "email=ada@example.org", "--save-as", "ada", "--json"],
            ["user", "claim", "ada"],
            [.. "script register --name S --purpose P --basis consent --fields email --json".Split(' ')],
            ["user", "reissue", "ada", "--save-as", "ada"],
            ["status", "--json"],
            ["status"],
            ["log", "show", "--as", "clinic"],
        ])
        {
            var result = await _shell.DoAsync(args);
            printed += result.Out + result.Error;
        }
        Assert.DoesNotMatch(AnySecret, printed);
        Assert.Matches(AnySecret, File.ReadAllText(_shell.CredentialsFile)); // what it would look like
    }

    [Fact]
    public async Task A_taken_name_is_refused_before_anything_is_registered()
    {
        await _shell.SetUpAsync();
        var before = File.ReadAllText(_shell.CredentialsFile);
        foreach (var args in (string[][])
        [
            ["app", "register", "City Clinic"],
            ["app", "register", "Other", "--save-as", "ada"],
            ["user", "create", "--set", "email=eve@example.org", "--save-as", "bob"],
            ["script", "register", "--name", "Newsletter", "--purpose", "P", "--basis", "consent", "--fields", "email"],
        ])
        {
            var result = await _shell.RunAsync(args);
            Assert.Equal(1, result.Code);
            Assert.Contains("--save-as", result.Problem);
        }
        Assert.Equal(before, File.ReadAllText(_shell.CredentialsFile));
        var status = await _shell.JsonAsync("status");
        Assert.Equal(
            (1, 2, 1),
            (status.GetProperty("applications").GetInt32(), status.GetProperty("users").GetInt32(),
                status.GetProperty("scripts").GetInt32()));
    }

    [Fact]
    public async Task The_only_credential_of_a_kind_need_not_be_named_and_one_of_several_must()
    {
        await _shell.SetUpAsync();
        await _shell.DoAsync("app", "list");
        var result = await _shell.RunAsync("user", "show");
        Assert.Equal(2, result.Code);
        Assert.Contains("(ada, bob)", result.Problem);
        await _shell.DoAsync("user", "show", "--as", "ada");
        var unknown = await _shell.RunAsync("user", "show", "--as", "eve");
        Assert.Equal(2, unknown.Code);
        Assert.Contains("'eve'", unknown.Problem);
    }

    [Fact]
    public async Task SUD_CREDENTIAL_overrides_the_name()
    {
        await _shell.SetUpAsync();
        _shell.Variables["SUD_CREDENTIAL"] = Secret("bob");
        var shown = await _shell.JsonAsync("user", "show", "--as", "ada");
        Assert.Equal("bob@example.org", shown.GetProperty("fields").GetProperty("email").GetString());
        _shell.Variables["SUD_CREDENTIAL"] = "sud_usr_typo";
        Assert.Contains("mistyped", (await _shell.RunAsync("user", "show")).Problem);
    }

    [Fact]
    public async Task Names_belong_to_one_data_folder()
    {
        await _shell.SetUpAsync();
        await _shell.DoAsync("init", "--data", "other");
        var result = await _shell.RunAsync("user", "show", "--as", "ada", "--data", "other");
        Assert.Equal(2, result.Code);
        Assert.Contains("Nothing is saved under the name 'ada'", result.Problem);
    }

    [Fact]
    public async Task A_claim_code_comes_from_a_file_or_stdin_and_works_once()
    {
        await _shell.SetUpAsync();
        await _shell.DoAsync("user", "create", "--set", "email=eve@example.org", "--save-as", "eve");
        var code = Secret("eve");
        _shell.File("code.txt", code + "\n");
        await _shell.DoAsync("user", "claim", "--code-file", "code.txt", "--save-as", "eve");
        await _shell.DoAsync("user", "show", "--as", "eve");
        var again = await _shell.RunAsync(
            System.Text.Encoding.ASCII.GetBytes(code), "user", "claim", "--code-file", "-", "--save-as", "mallory");
        Assert.Equal(1, again.Code);
        Assert.Contains("was claimed on 2031-04-05", again.Problem);
        Assert.Contains("ClaimRefused", (await _shell.DoAsync("log", "show", "--as", "eve")).Out);
    }

    [Fact]
    public async Task A_reissued_credential_takes_the_place_of_the_lost_one()
    {
        await _shell.SetUpAsync();
        var lost = Secret("ada");
        await _shell.DoAsync("user", "reissue", "ada", "--save-as", "ada");
        await _shell.DoAsync("user", "claim", "ada");
        await _shell.DoAsync("user", "show", "--as", "ada");
        _shell.Variables["SUD_CREDENTIAL"] = lost;
        Assert.Contains("not valid", (await _shell.RunAsync("user", "show")).Problem);
    }

    [Fact]
    public async Task A_damaged_credentials_file_is_left_alone_and_not_repeated()
    {
        await _shell.SetUpAsync();
        var damaged = File.ReadAllText(_shell.CredentialsFile)[..^40];
        File.WriteAllText(_shell.CredentialsFile, damaged);
        var result = await _shell.RunAsync("app", "register", "Other");
        Assert.Equal(1, result.Code);
        Assert.Contains("cannot be read", result.Problem);
        Assert.DoesNotMatch(AnySecret, result.Error);
        Assert.Equal(damaged, File.ReadAllText(_shell.CredentialsFile));
    }

    private string Secret(string name) => JsonDocument.Parse(File.ReadAllText(_shell.CredentialsFile)).RootElement
        .GetProperty("credentials").GetProperty(name).GetProperty("secret").GetString()!;

    [GeneratedRegex("sud_(op|app|usr|scr|claim)_[0-9a-z]{20}")]
    private static partial Regex AnySecret { get; }

    public void Dispose() => _shell.Dispose();
}
