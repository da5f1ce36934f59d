using System.Text;
using System.Text.Json;

namespace SecureUserData.Cli.Tests;

public sealed class ImportTests : IDisposable
{
    private readonly Shell _shell = new();

    [Fact]
    public async Task A_bad_row_costs_its_own_line_only()
    {
        await SetUpAsync("--unique", "id");
        _shell.File("bad.csv", [
            .. "\uFEFFid , name\r\n1, \"fine, indeed\"\r\n2,bad\"quote\r\n3\r\n4,\"open\r\n5,fine\r\n6,"u8,
            0xff, 0xfe, .. "\r\n1,twin\r\n,\r\n\r\n8,\"two\r\nlines\"\r\n9,\"x\"y\r\n10,a,b\r\n11,last"u8]);
        var result = await _shell.RunAsync("user", "import", "bad.csv", "--json");
        Assert.Equal(1, result.Code);
        Assert.Equal(4, result.Json.GetProperty("created").GetInt32());
        Assert.Equal(
            [
                (3, "a quote or a line break stands in the wrong place"),
                (4, "it has 1 columns and the header has 2"),
                (5, "a quote is opened and not closed"),
                (7, "it is not valid UTF-8: save the file as UTF-8"),
                (8, "line 2 has the same value of 'id': it is unique"),
                (9, "it holds no value"),
                (13, "a quote or a line break stands in the wrong place"),
                (14, "it has 3 columns and the header has 2"),
            ],
            result.Json.GetProperty("problems").EnumerateArray().Select(problem =>
                (problem.GetProperty("line").GetInt32(), problem.GetProperty("reason").GetString()!)));
        Assert.Contains("sud: line 14: it has 3 columns", result.Error);
    }

    [Fact]
    public async Task Values_arrive_trimmed_and_empty_ones_not_at_all()
    {
        await SetUpAsync("--unique", "id");
        _shell.File("people.csv", " id , full name,note \n 7 ,\" Ada \"\"the first\"\" \", \n");
        await _shell.DoAsync("user", "import", "people.csv", "--claims", "claims.csv");
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.Combine(_shell.Here, "claims.csv")));
        var claims = File.ReadAllLines(Path.Combine(_shell.Here, "claims.csv"));
        Assert.Equal("line,user_id,claim_code", claims[0]);
        Assert.StartsWith("2,usr_", claims[1]);
        _shell.File("code.txt", claims[1].Split(',')[2]);
        await _shell.DoAsync("user", "claim", "--code-file", "code.txt");
        var fields = (await _shell.JsonAsync("user", "show")).GetProperty("fields");
        Assert.Equal("""{"full name":"Ada \u0022the first\u0022","id":"7"}""", JsonSerializer.Serialize(
            fields.EnumerateObject().OrderBy(f => f.Name).ToDictionary(f => f.Name, f => f.Value.GetString())));
    }

    [Fact]
    public async Task Whoever_is_there_is_not_made_again_and_whoever_is_in_the_way_is_reported()
    {
        await SetUpAsync("--unique", "id", "--unique", "email");
        _shell.File("first.csv", "id,email\n1,a@example.org\n2,b@example.org\n");
        await _shell.DoAsync("user", "import", "first.csv");
        _shell.File("second.csv", "id,email\n1,A@EXAMPLE.org\n3,c@example.org\n2,other@example.org\n1,b@example.org\n");
        var result = await _shell.RunAsync("user", "import", "second.csv", "--json");
        Assert.Equal(1, result.Code);
        Assert.Equal(1, result.Json.GetProperty("created").GetInt32());
        Assert.Equal("[\"2\"]", JsonSerializer.Serialize(result.Json.GetProperty("alreadyThereLines")));
        Assert.Equal(
            [4, 5], result.Json.GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("line").GetInt32()));
        Assert.Equal(3, (await _shell.JsonAsync("status")).GetProperty("users").GetInt32());
    }

    [Fact]
    public async Task A_file_of_claim_codes_is_never_overwritten()
    {
        await SetUpAsync();
        _shell.File("people.csv", "id\n1\n");
        _shell.File("claims.csv", "precious");
        var result = await _shell.RunAsync("user", "import", "people.csv", "--claims", "claims.csv");
        Assert.Equal(1, result.Code);
        Assert.Contains("is there already", result.Problem);
        Assert.Equal("precious", File.ReadAllText(Path.Combine(_shell.Here, "claims.csv")));
        Assert.Equal(0, (await _shell.JsonAsync("status")).GetProperty("users").GetInt32());
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n\n", "is empty")]
    [InlineData("id,id\n1,2\n", "line 1, the header: two columns have the same name")]
    [InlineData("\nid,\n1,2\n", "line 2, the header: a column has no name")]
    [InlineData("\"id\n1\n", "line 1, the header: a quote is opened")]
    public async Task A_bad_header_stops_it(string csv, string says)
    {
        await SetUpAsync();
        _shell.File("people.csv", csv);
        var result = await _shell.RunAsync("user", "import", "people.csv", "--claims", "claims.csv");
        Assert.Equal(1, result.Code);
        Assert.Contains(says, result.Problem);
        Assert.False(File.Exists(Path.Combine(_shell.Here, "claims.csv")));
    }

    [Fact]
    public async Task A_file_in_another_encoding_is_reported_by_line()
    {
        await SetUpAsync();
        _shell.File("utf16.csv", Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("id\n1\n")).ToArray());
        var result = await _shell.RunAsync("user", "import", "utf16.csv");
        Assert.Contains("line 1, the header: it is not valid UTF-8", result.Problem);
    }

    [Fact]
    public async Task Values_over_the_limits_are_reported_by_line_and_hold_nobody_up()
    {
        await SetUpAsync("--unique", "id");
        var (value, line) = (new string('x', Limits.FieldValueBytes + 1), new string('x', 5_000_000));
        _shell.File("large.csv", $"id,note\n1,{value}\n2,ok\n3,{line}\n4,ok\n");
        var result = await _shell.RunAsync("user", "import", "large.csv", "--json");
        Assert.Equal(2, result.Json.GetProperty("created").GetInt32());
        Assert.Equal(
            [2, 4], result.Json.GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("line").GetInt32()));
        Assert.DoesNotContain("xxx", result.Error);
    }

    [Fact]
    public async Task Stopped_before_it_began_it_says_so()
    {
        await SetUpAsync();
        _shell.File("people.csv", "id\n1\n");
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var around = new Surroundings
        {
            Variable = _ => null, CurrentFolder = _shell.Here, Home = _shell.Home,
            In = Stream.Null, Out = output, Error = error,
        };
        var code = await Program.RunAsync(
            ["user", "import", "people.csv"], around, new CancellationToken(canceled: true));
        Assert.Equal(130, code);
        Assert.Contains("sud: Stopped", Encoding.UTF8.GetString(error.ToArray()));
    }

    private async Task SetUpAsync(params string[] declared)
    {
        await _shell.DoAsync("init");
        await _shell.DoAsync(["app", "register", "Clinic", .. declared]);
    }

    public void Dispose() => _shell.Dispose();
}
