using System.Text.Json;

namespace SecureUserData.Cli.Tests;

public sealed class ReadAllTests : IDisposable
{
    private readonly Shell _shell = new();

    [Fact]
    public async Task Everybody_who_allows_it_is_a_line_of_json()
    {
        await _shell.SetUpAsync();
        await _shell.DoAsync("consent", "give", "newsletter", "--as", "ada");
        await _shell.DoAsync("consent", "give", "newsletter", "--as", "bob");

        var result = await _shell.DoAsync("read-all", "--as", "newsletter", "--fields", "email,surname");
        var lines = Lines(result.Out);
        Assert.Equal(["ada@example.org", "bob@example.org"], lines.Select(line => Field(line, "email")));
        Assert.All(lines, line => Assert.Equal(["user", "fields"], line.EnumerateObject().Select(p => p.Name)));
        Assert.Contains("2 users read.", result.Error);

        var after = lines[0].GetProperty("user").GetString()!;
        var rest = Lines((await _shell.DoAsync("read-all", "--fields", "email", "--cursor", after)).Out);
        Assert.Equal(["bob@example.org"], rest.Select(line => Field(line, "email")));

        await _shell.DoAsync("consent", "withdraw", "newsletter", "--as", "ada");
        Assert.Single(Lines((await _shell.DoAsync("read-all", "--fields", "email")).Out));
    }

    [Fact]
    public async Task A_file_is_new_for_its_owner_only_and_holds_the_lines()
    {
        await _shell.SetUpAsync();
        await _shell.DoAsync("consent", "give", "newsletter", "--as", "ada");
        var path = Path.Combine(_shell.Here, "letters.ndjson");

        var result = await _shell.JsonAsync("read-all", "--fields", "email", "--out", "letters.ndjson");

        Assert.Equal(1, result.GetProperty("users").GetInt32());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal("ada@example.org", Field(Assert.Single(Lines(await File.ReadAllTextAsync(
            path, TestContext.Current.CancellationToken))), "email"));
        var again = await _shell.RunAsync("read-all", "--fields", "email", "--out", "letters.ndjson");
        Assert.Equal(1, again.Code);
        Assert.Contains("is there already", again.Problem);
    }

    [Fact]
    public async Task What_is_wrong_is_told_and_makes_no_file()
    {
        await _shell.SetUpAsync();
        foreach (var (code, args) in ((int, string[])[])
            [
                (2, ["--fields", ","]), (2, ["--fields", "email", "--cursor", "here"]),
                (1, ["--fields", "email,phone"]), (1, ["--fields", "email", "--as", "ada"]),
            ])
        {
            var result = await _shell.RunAsync(["read-all", "--out", "letters.ndjson", .. args]);
            Assert.True(code == result.Code, $"{string.Join(' ', args)}: {result.Code} {result.Error}");
            Assert.Empty(result.Out);
            Assert.Empty(Directory.GetFiles(_shell.Here));
        }
    }

    [Fact]
    public async Task Who_does_not_authenticate_stops_it_and_the_cursor_goes_on_after()
    {
        await _shell.SetUpAsync();
        await _shell.DoAsync("consent", "give", "newsletter", "--as", "ada");
        await _shell.DoAsync("consent", "give", "newsletter", "--as", "bob");
        var ada = Lines((await _shell.DoAsync("read-all", "--fields", "email")).Out)[0].GetProperty("user").GetString();
        Change($"UPDATE state SET tags = tags || 'x' WHERE id = '{ada}'");

        var stopped = await _shell.RunAsync("read-all", "--fields", "email");

        Assert.Equal(1, stopped.Code);
        Assert.Empty(stopped.Out);
        Assert.Contains($"0 users read. Go on with --cursor {ada}", stopped.Error);
        var rest = Lines((await _shell.DoAsync("read-all", "--fields", "email", "--cursor", ada!)).Out);
        Assert.Equal(["bob@example.org"], rest.Select(line => Field(line, "email")));
    }

    private void Change(string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={Path.Combine(_shell.Data, "sud.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    private static List<JsonElement> Lines(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];

    private static string? Field(JsonElement line, string name) =>
        line.GetProperty("fields").GetProperty(name).GetString();

    public void Dispose() => _shell.Dispose();
}
