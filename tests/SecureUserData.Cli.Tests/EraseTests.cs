using System.Text;
using System.Text.Json;

namespace SecureUserData.Cli.Tests;

/// <summary>Export, erasure and certificates from the command line.</summary>
public sealed class EraseTests
{
    [Fact]
    public async Task An_export_is_a_whole_document_in_a_file_for_its_owner_only()
    {
        using var shell = new Shell();
        await shell.SetUpAsync();
        shell.File("letter.txt", "Dear Ada");
        await shell.DoAsync("record", "put", "letters", "letter.txt", "--user", "ada");

        var shown = await shell.JsonAsync("export", "--as", "ada", "--out", "ada.json");

        var path = Path.Combine(shell.Here, "ada.json");
        Assert.Equal(path, shown.GetProperty("file").GetString());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        var export = JsonDocument.Parse(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        var fields = export.RootElement.GetProperty("profile").GetProperty("fields");
        Assert.Equal("ada@example.org", fields.GetProperty("email").GetProperty("value").GetString());
        Assert.Equal(
            "Dear Ada",
            export.RootElement.GetProperty("records").GetProperty("letters")[0].GetProperty("text").GetString());
        Assert.Equal(["ada.json", "letter.txt"], Names(shell));
        var piped = await shell.DoAsync("export", "--as", "ada", "--out", "-");
        Assert.Equal("export/1", piped.Json.GetProperty("format").GetString());
        var again = await shell.RunAsync("export", "--as", "ada", "--out", "ada.json");
        Assert.Contains("is there already", again.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_is_no_user_exports_nothing_and_leaves_no_file()
    {
        using var shell = new Shell();
        await shell.SetUpAsync();

        var refused = await shell.RunAsync("export", "--as", "city-clinic", "--out", "ada.json");

        Assert.Equal(1, refused.Code);
        Assert.Contains("Only a user", refused.Problem, StringComparison.Ordinal);
        Assert.Empty(Names(shell));
    }

    [Fact]
    public async Task A_dry_run_shows_what_would_go_and_erases_nothing()
    {
        using var shell = new Shell();
        await shell.SetUpAsync();

        var shown = await shell.DoAsync("erase", "--as", "city-clinic", "--user", "ada", "--dry-run");
        var json = await shell.JsonAsync("erase", "--as", "ada", "--dry-run");

        Assert.Contains("Nothing was erased", shown.Out, StringComparison.Ordinal);
        Assert.Contains(
            json.GetProperty("removes").EnumerateArray(),
            items => items.GetProperty("what").GetString() == "fields" && items.GetProperty("count").GetInt32() == 3);
        Assert.Equal("ada@example.org", (await shell.JsonAsync("user", "show", "--as", "ada"))
            .GetProperty("fields").GetProperty("email").GetString());
        Assert.Empty(Names(shell));
    }

    [Fact]
    public async Task An_erasure_asks_on_a_terminal_and_needs_yes_elsewhere()
    {
        using var shell = new Shell();
        await shell.SetUpAsync();

        var blind = await shell.RunAsync("erase", "--as", "city-clinic", "--user", "ada");
        Assert.Equal(2, blind.Code);
        Assert.Contains("--yes", blind.Problem, StringComparison.Ordinal);
        shell.InIsTerminal = true;
        var mistyped = await shell.RunAsync("bob\n"u8.ToArray(), "erase", "--as", "city-clinic", "--user", "ada");
        Assert.Equal(1, mistyped.Code);
        Assert.Contains("Nothing was erased", mistyped.Error, StringComparison.Ordinal);
        Assert.Empty(Names(shell));
        await shell.DoAsync("user", "show", "--as", "ada");

        var typed = await shell.RunAsync("ada\n"u8.ToArray(), "erase", "--as", "city-clinic", "--user", "ada");
        Assert.True(typed.Code == 0, typed.Error);
        Assert.Equal(1, (await shell.RunAsync("user", "show", "--as", "ada")).Code);
        Assert.Single(Names(shell));
    }

    [Fact]
    public async Task A_certificate_verifies_where_there_is_nothing_else_and_a_changed_one_does_not()
    {
        using var shell = new Shell();
        await shell.SetUpAsync();
        await shell.DoAsync("certificate", "key", "--out", "clinic.pem");
        await shell.DoAsync("erase", "--as", "ada", "--yes", "--certificate", "ada.jws");
        using var elsewhere = new Shell(); // no data folder, no master key, no credentials
        foreach (var name in (string[])["clinic.pem", "ada.jws"])
            elsewhere.File(name, await File.ReadAllBytesAsync(
                Path.Combine(shell.Here, name), TestContext.Current.CancellationToken));

        var verified = await elsewhere.JsonAsync("certificate", "verify", "ada.jws", "--key", "clinic.pem");

        Assert.Equal("erasure/1", verified.GetProperty("format").GetString());
        Assert.Contains("The certificate verifies", (await elsewhere.DoAsync(
            "certificate", "verify", "ada.jws", "--key", "clinic.pem")).Out, StringComparison.Ordinal);
        var text = await File.ReadAllTextAsync(
            Path.Combine(shell.Here, "ada.jws"), TestContext.Current.CancellationToken);
        var claims = text.Split('.');
        var changed = Encoding.UTF8.GetString(Convert.FromBase64String(Padded(claims[1])))
            .Replace("\"count\":3", "\"count\":4", StringComparison.Ordinal);
        claims[1] = Convert.ToBase64String(Encoding.UTF8.GetBytes(changed)).TrimEnd('=').Replace('+', '-')
            .Replace('/', '_');
        elsewhere.File("changed.jws", string.Join('.', claims));
        var refused = await elsewhere.RunAsync("certificate", "verify", "changed.jws", "--key", "clinic.pem");
        Assert.Equal(1, refused.Code);
        Assert.Contains("changed after it was signed", refused.Problem, StringComparison.Ordinal);
        using var other = new Shell();
        await other.DoAsync("init");
        elsewhere.File("other.pem", (await other.DoAsync("certificate", "key")).Bytes);
        refused = await elsewhere.RunAsync("certificate", "verify", "ada.jws", "--key", "other.pem");
        Assert.Contains("another key", refused.Problem, StringComparison.Ordinal);
        Assert.Equal(1, (await elsewhere.RunAsync("certificate", "verify", "no.jws", "--key", "clinic.pem")).Code);
    }

    [Fact]
    public async Task Erasing_again_gives_the_certificate_again()
    {
        using var shell = new Shell();
        await shell.SetUpAsync();
        await shell.DoAsync("erase", "--as", "city-clinic", "--user", "ada", "--yes", "--certificate", "one.jws");
        var second = await shell.RunAsync("erase", "--as", "city-clinic", "--user", "ada", "--certificate", "two.jws");

        Assert.True(second.Code == 0, second.Error);
        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(shell.Here, "one.jws"), TestContext.Current.CancellationToken),
            await File.ReadAllTextAsync(Path.Combine(shell.Here, "two.jws"), TestContext.Current.CancellationToken));
        var occupied = await shell.RunAsync(
            "erase", "--as", "city-clinic", "--user", "bob", "--yes", "--certificate", "one.jws");
        Assert.Contains("is there already", occupied.Problem, StringComparison.Ordinal);
        await shell.DoAsync("user", "show", "--as", "bob"); // and nothing was erased
    }

    private static string Padded(string base64Url) =>
        base64Url.Replace('-', '+').Replace('_', '/').PadRight((base64Url.Length + 3) / 4 * 4, '=');

    private static IEnumerable<string> Names(Shell shell) =>
        Directory.GetFiles(shell.Here).Select(file => Path.GetFileName(file)).Order();
}
