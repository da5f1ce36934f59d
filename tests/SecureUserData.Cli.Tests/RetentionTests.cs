namespace SecureUserData.Cli.Tests;

/// <summary>How long data is kept.</summary>
public sealed class RetentionTests : IDisposable
{
    private readonly Shell _shell = new() { Now = new DateTimeOffset(2101, 4, 5, 6, 7, 8, TimeSpan.Zero) };

    [Fact]
    public async Task Rules_are_set_and_what_is_over_is_counted_and_then_erased()
    {
        await _shell.SetUpAsync();
        await _shell.DoAsync("record", "put", "letters", _shell.File("letter.txt", "Dear Charles"), "--user", "ada");
        await _shell.DoAsync("retention", "set", "--field", "phone=365d", "--collection", "letters=90d");
        var shown = await _shell.DoAsync("retention", "show");
        Assert.Contains("field/phone", shown.Out);
        Assert.Contains("365 days", shown.Out);

        _shell.Now = _shell.Now.AddDays(365);
        var dry = (await _shell.JsonAsync("retention", "run", "--dry-run")).GetProperty("counts");
        Assert.Equal(2, dry.GetProperty("fields").GetInt32());
        Assert.Equal(1, dry.GetProperty("records").GetInt32());
        Assert.Contains("+44 20", (await _shell.DoAsync("user", "show", "--as", "ada")).Out);

        var run = await _shell.DoAsync("retention", "run");
        Assert.Contains("Fields erased          2\n", run.Out);
        Assert.DoesNotContain("+44 20", (await _shell.DoAsync("user", "show", "--as", "ada")).Out);
        Assert.Contains("Next run", (await _shell.DoAsync("retention", "show")).Out);
        Assert.Equal(
            0, (await _shell.JsonAsync("retention", "run")).GetProperty("counts").GetProperty("fields").GetInt32());
    }

    [Fact]
    public async Task What_is_not_named_stays_and_none_takes_a_rule_back()
    {
        await _shell.SetUpAsync();
        await _shell.DoAsync("retention", "set", "--field", "phone=365d", "--log", "1095d");
        await _shell.DoAsync("retention", "set", "--field", "email=30d");
        var rules = (await _shell.JsonAsync("retention", "set", "--field", "phone=none")).GetProperty("rules");

        Assert.Equal("email", Assert.Single(rules.GetProperty("fields").EnumerateObject()).Name);
        Assert.Equal("1095.00:00:00", rules.GetProperty("log").GetString());
        var none = await _shell.DoAsync("retention", "set", "--field", "email=none", "--log", "none");
        Assert.Equal("(none)\n", none.Out);
    }

    [Theory]
    [InlineData("--field", "phone=0d")]
    [InlineData("--field", "phone=36526d")]
    [InlineData("--field", "phone=1y")]
    [InlineData("--field", "phone")]
    [InlineData("--log", "-1d")]
    [InlineData("--log", "99999999999d")]
    public async Task A_period_that_is_none_is_a_wrong_command_line(string option, string rule)
    {
        await _shell.SetUpAsync();

        Assert.Equal(2, (await _shell.RunAsync("retention", "set", option, rule)).Code);
        Assert.Equal(2, (await _shell.RunAsync("retention", "set")).Code);
    }

    public void Dispose() => _shell.Dispose();
}
