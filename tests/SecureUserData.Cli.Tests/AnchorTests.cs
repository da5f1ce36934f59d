namespace SecureUserData.Cli.Tests;

/// <summary>Anchors of the access log from the command line.</summary>
public sealed class AnchorTests
{
    private const string Name = "sud-log-20310405T060708Z.anchor";

    [Fact]
    public async Task An_anchor_agrees_with_the_log_and_finds_that_the_folder_was_set_back()
    {
        using var shell = new Shell();
        await shell.SetUpAsync();
        var before = await File.ReadAllBytesAsync(Database(shell), TestContext.Current.CancellationToken);
        await shell.DoAsync("consent", "give", "newsletter", "--as", "ada");

        var written = await shell.JsonAsync("log", "anchor");

        Assert.Equal(Path.Combine(shell.Here, Name), written.GetProperty("file").GetString());
        var held = await shell.DoAsync("log", "verify", "--anchor", Name);
        Assert.Contains("has all that was kept elsewhere: 1 compared", held.Out, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(Database(shell), before, TestContext.Current.CancellationToken);
        await shell.DoAsync("log", "verify"); // alone it holds
        var found = await shell.RunAsync("log", "verify", "--anchor", Name);
        Assert.Equal(1, found.Code);
        Assert.Contains(
            "is shorter than the anchor of 2031-04-05 06:07:08Z says", found.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_anchor_is_checked_where_there_is_nothing_else()
    {
        using var shell = new Shell();
        await shell.SetUpAsync();
        var ada = (await shell.JsonAsync("user", "show", "--as", "ada")).GetProperty("id").GetString()!;
        await shell.DoAsync("log", "anchor", "--to", "anchors");
        var anchor = await File.ReadAllBytesAsync(
            Path.Combine(shell.Here, "anchors", Name), TestContext.Current.CancellationToken);
        using var elsewhere = new Shell(); // no data folder, no master key, no credentials
        elsewhere.File("one.anchor", anchor);
        elsewhere.File("clinic.pem", (await shell.DoAsync("certificate", "key")).Bytes);

        var shown = await elsewhere.JsonAsync(
            "log", "check-anchor", "one.anchor", "--key", "clinic.pem", "--chain", ada);

        Assert.Equal("log-anchor/1", shown.GetProperty("format").GetString());
        Assert.Equal(ada, shown.GetProperty("head").GetProperty("chain").GetString());
        Assert.Contains("The anchor verifies", (await elsewhere.DoAsync(
            "log", "check-anchor", "one.anchor", "--key", "clinic.pem")).Out, StringComparison.Ordinal);
        var unknown = await elsewhere.RunAsync(
            "log", "check-anchor", "one.anchor", "--key", "clinic.pem", "--chain", "usr_x");
        Assert.Contains("no chain 'usr_x'", unknown.Problem, StringComparison.Ordinal);
        anchor[^10] ^= 1;
        elsewhere.File("one.anchor", anchor);
        var refused = await elsewhere.RunAsync("log", "check-anchor", "one.anchor", "--key", "clinic.pem");
        Assert.Equal(1, refused.Code);
        Assert.Contains("changed after it was signed", refused.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_and_a_certificate_are_looked_for_in_the_log()
    {
        using var shell = new Shell();
        await shell.SetUpAsync();
        var before = await File.ReadAllBytesAsync(Database(shell), TestContext.Current.CancellationToken);
        await shell.DoAsync("export", "--as", "bob", "--out", "bob.json");
        await shell.DoAsync("erase", "--as", "ada", "--yes", "--certificate", "ada.jws");

        await shell.DoAsync("log", "verify", "--export", "bob.json", "--certificate", "ada.jws");

        await File.WriteAllBytesAsync(Database(shell), before, TestContext.Current.CancellationToken);
        var found = await shell.RunAsync("log", "verify", "--export", "bob.json");
        Assert.Contains("is shorter than the export of 2031", found.Problem, StringComparison.Ordinal);
        found = await shell.RunAsync("log", "verify", "--certificate", "ada.jws");
        Assert.Contains("is shorter than the certificate of 2031", found.Problem, StringComparison.Ordinal);
        var other = await shell.RunAsync("log", "verify", "--export", "ada.jws");
        Assert.Contains("That is not an export", other.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_anchor_is_written_into_the_data_folder_or_over_another()
    {
        using var shell = new Shell();
        await shell.SetUpAsync();
        var inside = await shell.RunAsync("log", "anchor", "--to", "sud-data/anchors");
        Assert.Equal(2, inside.Code);
        Assert.Contains("inside the data folder", inside.Problem, StringComparison.Ordinal);
        shell.Variables["SUD_ANCHOR_FOLDER"] = shell.Data;
        Assert.Equal(2, (await shell.RunAsync("status")).Code);
        shell.Variables.Clear();

        await shell.DoAsync("log", "anchor");
        var again = await shell.RunAsync("log", "anchor");

        Assert.Equal(1, again.Code);
        Assert.Contains($"There is an anchor {Name} already", again.Problem, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(shell.Data, "anchors")));
    }

    [Fact]
    public async Task A_command_writes_an_anchor_at_its_end_when_one_is_due()
    {
        using var shell = new Shell();
        await shell.SetUpAsync();
        shell.Variables["SUD_ANCHOR_FOLDER"] = "anchors";
        shell.Variables["SUD_ANCHOR_EVERY"] = "12h";
        var folder = Path.Combine(shell.Here, "anchors");

        var first = await shell.DoAsync("status");
        Assert.Contains(Name, first.Error, StringComparison.Ordinal);
        shell.Now = shell.Now.AddHours(11);
        Assert.Equal("", (await shell.DoAsync("status")).Error.Replace(Warning(shell), "", StringComparison.Ordinal));
        shell.Now = shell.Now.AddHours(1);
        await shell.DoAsync("status");

        Assert.Equal(
            [Name, "sud-log-20310405T180708Z.anchor"],
            Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Order());
        shell.Variables["SUD_ANCHOR_EVERY"] = "often";
        var wrong = await shell.RunAsync("status");
        Assert.Equal(2, wrong.Code);
        Assert.Contains("1d, 12h or 30m", wrong.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_warns_when_no_anchor_can_be_written_and_does_not_fail()
    {
        using var shell = new Shell();
        await shell.SetUpAsync();
        shell.File("anchors", "a file and no folder");
        shell.Variables["SUD_ANCHOR_FOLDER"] = "anchors";

        var result = await shell.DoAsync("status");

        Assert.Contains("warning: no anchor of the access log was written", result.Error, StringComparison.Ordinal);
        Assert.Contains("check its folder", result.Error, StringComparison.Ordinal);
    }

    private static string Database(Shell shell) => Path.Combine(shell.Data, "sud.db");

    /// <summary>What every command says of the key for trying out.</summary>
    private static string Warning(Shell shell) => $"sud: warning: the master key is in "
        + $"{Directory.GetFiles(Path.Combine(shell.Configuration, "keys")).Single()}, for trying out only: for real "
        + "data keep it elsewhere and set SUD_MASTER_KEY_FILE.\n";
}
