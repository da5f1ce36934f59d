namespace SecureUserData.Cli.Tests;

/// <summary>The earlier values of fields.</summary>
public sealed class HistoryTests : IDisposable
{
    private readonly Shell _shell = new();

    [Fact]
    public async Task The_user_sees_earlier_values_and_the_application_does_not()
    {
        await _shell.SetUpAsync();
        _shell.Now = _shell.Now.AddDays(1);
        await _shell.DoAsync("user", "set", "surname=Byron", "phone=+44 1", "--as", "ada");

        var text = (await _shell.DoAsync("user", "history", "--as", "ada")).Out;
        Assert.Contains("+44 20 5550 ada", text);
        Assert.Contains("2031-04-06 06:07:08Z", text);
        var versions = (await _shell.JsonAsync("user", "history", "surname", "--as", "ada")).GetProperty("versions");
        var version = Assert.Single(versions.EnumerateArray());
        Assert.Equal("Lovelace", version.GetProperty("value").GetString());
        Assert.Equal("2031-04-05T06:07:08+00:00", version.GetProperty("setAt").GetString());

        var none = await _shell.DoAsync("user", "history", "--as", "bob");
        Assert.Equal("(none)\n", none.Out);
        Assert.Equal(1, (await _shell.RunAsync("user", "history", "--as", "city-clinic")).Code);
    }

    [Fact]
    public async Task An_application_says_how_many_values_are_kept()
    {
        await _shell.DoAsync("init");
        await _shell.DoAsync("app", "register", "Forgetful", "--versions", "0");
        await _shell.DoAsync("user", "create", "--set", "name=Ada", "--save-as", "ada");
        await _shell.DoAsync("user", "claim", "ada");
        await _shell.DoAsync("user", "set", "name=Countess", "--as", "ada");

        Assert.Equal("(none)\n", (await _shell.DoAsync("user", "history", "--as", "ada")).Out);
        Assert.Equal(2, (await _shell.RunAsync("app", "register", "Wrong", "--versions", "many")).Code);
        Assert.Equal(1, (await _shell.RunAsync("app", "register", "Wrong", "--versions", "101")).Code);
    }

    public void Dispose() => _shell.Dispose();
}
