using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Tests;

public sealed class RenderingTests : IDisposable
{
    private const string Escape = "\u001b[2J\u001b]0;owned\u0007";

    private readonly Shell _shell = new();

    [Theory]
    [InlineData("plain – ünïcode 漢字", "plain – ünïcode 漢字")]
    [InlineData("\u001b[31m", "<U+001B>[31m")]
    [InlineData("a\u202Eb\u200Bc", "a<U+202E>b<U+200B>c")]
    [InlineData("a\u2028b\nc\u0085", "a<U+2028>b<U+000A>c<U+0085>")]
    [InlineData("\U000E0041", "<U+E0041>")]
    public void Control_and_format_characters_are_made_visible(string text, string visible) =>
        Assert.Equal(visible, Printable.Text(text));

    [Fact]
    public async Task Markup_in_names_and_values_is_printed_as_it_is()
    {
        await _shell.DoAsync("init");
        await _shell.DoAsync("app", "register", "[red]x[/]", "--index", "name", "--save-as", "app");
        await _shell.DoAsync("user", "create", "--set", "name=[link=http://evil]click[/] [[", "--save-as", "ada");
        await _shell.DoAsync("user", "claim", "ada");
        await _shell.DoAsync(
            "script", "register", "--name", "[bold]S[/", "--purpose", "[blink]P", "--basis", "consent",
            "--fields", "name",
            "--recipients", "[invalid", "--save-as", "script");
        Assert.Contains("[link=http://evil]click[/] [[", (await _shell.DoAsync("user", "show")).Out);
        var listed = (await _shell.DoAsync("consent", "list")).Out;
        Assert.Contains("[bold]S[/", listed);
        Assert.Contains("[blink]P", listed);
        Assert.Contains("[invalid", (await _shell.DoAsync("consent", "give", "script")).Out);
        Assert.Contains("[link", (await _shell.DoAsync("read", "--user", "ada", "--fields", "name")).Out);
        Assert.Contains("[blink]P", (await _shell.DoAsync("log", "show", "--as", "ada")).Out);
    }

    [Fact]
    public async Task A_value_cannot_drive_the_terminal()
    {
        await _shell.SetUpAsync();
        await _shell.DoAsync("user", "set", $"surname=x{Escape}", "--as", "ada");
        await _shell.DoAsync("consent", "give", "newsletter", "--as", "ada");
        foreach (var args in (string[][])
        [
            ["user", "show", "--as", "ada"], ["read", "--user", "ada", "--fields", "surname"],
            ["user", "show", "--as", "ada", "--json"],
        ])
            Assert.DoesNotContain('\u001b', (await _shell.DoAsync(args)).Out);
        Assert.Contains(
            "x<U+001B>[2J<U+001B>]0;owned<U+0007>", (await _shell.DoAsync("user", "show", "--as", "ada")).Out);
        var shown = await _shell.JsonAsync("user", "show", "--as", "ada");
        Assert.Equal($"x{Escape}", shown.GetProperty("fields").GetProperty("surname").GetString());
    }

    [Fact]
    public async Task An_argument_in_an_error_cannot_drive_the_terminal()
    {
        await _shell.SetUpAsync();
        foreach (var args in (string[][])
        [
            [Escape], ["user", "show", "--as", Escape], ["log", "show", "--limit", Escape],
            ["read", "--user", Escape, "--fields", "a"],
            ["record", "put", "letters", Escape, "--user", "ada"], ["status", "--data", Escape],
        ])
        {
            var result = await _shell.RunAsync(args);
            Assert.NotEqual(0, result.Code);
            Assert.DoesNotContain('\u001b', result.Problem);
        }
    }

    [Fact]
    public async Task A_record_is_the_same_bytes_in_a_pipe_and_harmless_on_a_terminal()
    {
        await _shell.SetUpAsync();
        var bytes = System.Text.Encoding.UTF8.GetBytes($"one\ntwo{Escape}\n");
        _shell.File("letter.txt", bytes);
        _shell.File("picture.bin", [0, 255, 27, 10]);
        var text = await PutAsync("letter.txt");
        var picture = await PutAsync("picture.bin");
        Assert.Equal(bytes, (await _shell.DoAsync("record", "get", "letters", text, "--as", "ada")).Bytes);
        var raw = await _shell.DoAsync("record", "get", "letters", picture, "--as", "ada");
        Assert.Equal([0, 255, 27, 10], raw.Bytes);
        await _shell.DoAsync("record", "get", "letters", picture, "--as", "ada", "--out", "copy.bin");
        var copy = Path.Combine(_shell.Here, "copy.bin");
        Assert.Equal([0, 255, 27, 10], File.ReadAllBytes(copy));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(copy));
        var again = await _shell.RunAsync("record", "get", "letters", text, "--as", "ada", "--out", "copy.bin");
        Assert.Contains("is there already", again.Problem);
        _shell.OutIsTerminal = true;
        Assert.Equal("one\ntwo<U+001B>[2J<U+001B>]0;owned<U+0007>\n\n",
            (await _shell.DoAsync("record", "get", "letters", text, "--as", "ada")).Out);
        Assert.Contains("--out", (await _shell.RunAsync("record", "get", "letters", picture, "--as", "ada")).Problem);
    }

    private async Task<string> PutAsync(string file) =>
        (await _shell.JsonAsync("record", "put", "letters", file, "--user", "ada")).GetProperty("id").GetString()!;

    public void Dispose() => _shell.Dispose();
}
