using System.Text.Json;

namespace SecureUserData.Cli.Tests;

public sealed class RecordImportTests : IDisposable
{
    private readonly Shell _shell = new();

    [Fact]
    public async Task Every_character_of_a_TSV_arrives()
    {
        await _shell.SetUpAsync();
        _shell.File(
            "messages.tsv",
            "\uFEFFtext\tlabel\r\n  outer spaces \t1\n\"a \"\"quote\"\", kept \"\t0\n&lt;3 Grüße 👋\t\n"
            + "\"two\nlines\tand a tab\"\t 1 \n");

        Assert.Equal((4, 0, 0), Counts(await ImportAsync("messages.tsv", "--round-robin")));

        // ada was created first: rows 0 and 2 are hers
        Assert.Equal(
            ["""{"text":"  outer spaces ","label":"1"}""", """{"text":"&lt;3 Grüße \uD83D\uDC4B","label":""}"""],
            await TextsAsync("ada"));
        Assert.Equal(
            ["""{"text":"a \"quote\", kept ","label":"0"}""", """{"text":"two\nlines\tand a tab","label":" 1 "}"""],
            await TextsAsync("bob"));
    }

    [Fact]
    public async Task A_second_run_adds_nothing_and_a_stopped_one_is_finished()
    {
        await _shell.SetUpAsync();
        var lines = Enumerable.Range(0, 50).Select(i => $"text {i}\n").ToList();
        _shell.File("part.csv", "text\n" + string.Concat(lines.Take(20)));
        _shell.File("whole.csv", "text\n" + string.Concat(lines));
        lines[7] = "text 7 in other words\n";
        _shell.File("changed.csv", "text\n" + string.Concat(lines));

        Assert.Equal((20, 0, 0), Counts(await ImportAsync("part.csv", "--round-robin")));
        Assert.Equal((30, 20, 0), Counts(await ImportAsync("whole.csv", "--round-robin")));
        Assert.Equal((0, 50, 0), Counts(await ImportAsync("whole.csv", "--round-robin")));
        Assert.Equal((1, 49, 0), Counts(await ImportAsync("changed.csv", "--round-robin")));

        Assert.Equal(51, (await _shell.JsonAsync("status")).GetProperty("records").GetInt32());
        Assert.Equal(25, (await TextsAsync("ada")).Count); // the even ones
        Assert.Equal(
            ["UserCreated", "CredentialClaimed", "RecordPut", "RecordPut"],
            (await LogAsync("ada")).Take(4)); // two runs added something to hers, the others are not on record
    }

    [Fact]
    public async Task Rows_go_to_the_one_user_whom_their_value_names_and_each_value_is_looked_up_once()
    {
        await _shell.SetUpAsync();
        _shell.File(
            "letters.csv",
            "to,text\nada@example.org,1\nBOB@example.org,2\nada@example.org,3\nnobody@example.org,4\n,5\n"
            + "nobody@example.org,6\nada@example.org,7\n");
        var lookUps = await LookUpsAsync();

        var imported = await ImportAsync("letters.csv", "--user-by", "email=to", code: 1);

        Assert.Equal((4, 0, 3), Counts(imported));
        Assert.Equal(
            [(5, "no user has its value of 'email'"), (6, "it does not say whose it is"),
                (7, "no user has its value of 'email'")],
            Problems(imported));
        Assert.Equal(["1", "3", "7"], (await TextsAsync("ada")).Select(Text));
        Assert.Equal(["2"], (await TextsAsync("bob")).Select(Text));
        Assert.Equal(lookUps + 3, await LookUpsAsync());
        _shell.File("shared.csv", "surname,text\nLovelace,1\n");
        imported = await ImportAsync("shared.csv", "--user-by", "surname=surname", code: 1);
        Assert.Equal([(2, "several users have its value of 'surname'")], Problems(imported));
    }

    [Fact]
    public async Task A_bad_row_costs_its_own_line_only_and_shifts_nobody_elses()
    {
        await _shell.SetUpAsync();
        var large = new string('x', Limits.RecordBytes);
        _shell.File("bad.tsv", $"a\tb\n1\t2\n3\n4\t\"open\n5\t{large}\n6\t7\n\n8\tx\"y\n9\t10\n");

        var imported = await ImportAsync("bad.tsv", "--round-robin", code: 1);

        Assert.Equal((3, 0, 4), Counts(imported));
        Assert.Equal(
            [(3, "it has 1 columns and the header has 2"), (4, "a quote or a line break stands in the wrong place"),
                (5, $"it has more than {Limits.RecordBytes} bytes, which is what a record holds"),
                (8, "a quote is opened and not closed")],
            Problems(imported));
        Assert.Equal(
            ["""{"a":"1","b":"2"}""", """{"a":"6","b":"7"}""", """{"a":"9","b":"10"}"""], await TextsAsync("ada"));
        Assert.DoesNotContain("xxx", imported.Error);
    }

    [Fact]
    public async Task More_rows_of_one_user_than_a_step_takes_go_in_several_and_arrive_in_order()
    {
        await _shell.SetUpAsync();
        var lines = Enumerable.Range(0, Limits.PageItems + 1).Select(i => $"ada@example.org,{i}");
        _shell.File("many.csv", "to,text\n" + string.Join('\n', lines));

        Assert.Equal((Limits.PageItems + 1, 0, 0), Counts(await ImportAsync("many.csv", "--user-by", "email=to")));

        var puts = (await _shell.JsonAsync("log", "show", "--as", "ada")).GetProperty("entries").EnumerateArray()
            .Where(entry => entry.GetProperty("activity").GetString() == "recordPut")
            .Select(entry => entry.GetProperty("names")[0].GetString()!);
        Assert.Equal(["(1000)", "(1)"], puts.Select(name => name.Split(' ')[1]));
        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => $"{i}"), (await TextsAsync("ada", first: 20)).Select(Text));
    }

    [Theory]
    [InlineData(2, "either --user-by", "rows.csv", "--collection", "letters")]
    [InlineData(2, "either --user-by", "rows.csv", "--collection", "letters", "--round-robin", "--user-by", "email=to")]
    [InlineData(2, "FIELD=COLUMN", "rows.csv", "--collection", "letters", "--user-by", "email")]
    [InlineData(2, "FIELD=COLUMN", "rows.csv", "--collection", "letters", "--user-by", "=to")]
    [InlineData(2, "neither .csv nor .tsv", "rows.txt", "--collection", "letters", "--round-robin")]
    [InlineData(2, "--collection", "rows.csv", "--round-robin")]
    [InlineData(1, "name of a collection", "rows.csv", "--collection", "a/b", "--round-robin")]
    [InlineData(1, "no column 'from'", "rows.csv", "--collection", "letters", "--user-by", "email=from")]
    [InlineData(1, "neither unique nor indexed", "rows.csv", "--collection", "letters", "--user-by", "phone=to")]
    [InlineData(1, "There is no file", "nothing.csv", "--collection", "letters", "--round-robin")]
    public async Task What_cannot_be_imported_is_one_line_and_adds_nothing(int code, string says, params string[] args)
    {
        await _shell.SetUpAsync();
        _shell.File("rows.csv", "to,text\nada@example.org,1\n");
        _shell.File("rows.txt", "to,text\nada@example.org,1\n");

        var result = await _shell.RunAsync(["record", "import", .. args]);

        Assert.Equal(code, result.Code);
        Assert.Contains(says, result.Problem);
        Assert.Equal(0, (await _shell.JsonAsync("status")).GetProperty("records").GetInt32());
    }

    [Fact]
    public async Task Without_users_there_is_nobody_in_turn()
    {
        await _shell.DoAsync("init");
        await _shell.DoAsync("app", "register", "Clinic");
        _shell.File("rows.csv", "text\n1\n");
        var result = await ImportAsync("rows.csv", "--round-robin", code: 1);
        Assert.Contains("There are no users", result.Problem);
    }

    [Fact]
    public async Task People_imported_together_are_in_the_order_of_their_rows()
    {
        await _shell.DoAsync("init");
        await _shell.DoAsync("app", "register", "Clinic", "--unique", "id");
        _shell.File("people.csv", "id\n" + string.Join('\n', Enumerable.Range(0, 300)));
        await _shell.DoAsync("user", "import", "people.csv", "--claims", "claims.csv");

        var ids = File.ReadLines(Path.Combine(_shell.Here, "claims.csv")).Skip(1).Select(line => line.Split(','))
            .OrderBy(line => int.Parse(line[0], System.Globalization.CultureInfo.InvariantCulture))
            .Select(line => line[1]).ToList();

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
    }

    private Task<Result> ImportAsync(string file, string how, int code = 0) => ImportAsync(file, [how], code);

    private Task<Result> ImportAsync(string file, string how, string what, int code = 0) =>
        ImportAsync(file, [how, what], code);

    private async Task<Result> ImportAsync(string file, string[] how, int code)
    {
        var result = await _shell.RunAsync(["record", "import", file, "--collection", "letters", .. how, "--json"]);
        Assert.True(result.Code == code, $"{result.Code}: {result.Error}");
        return result;
    }

    private static (int, int, int) Counts(Result import) => (
        import.Json.GetProperty("added").GetInt32(), import.Json.GetProperty("alreadyThere").GetInt32(),
        import.Json.GetProperty("refused").GetInt32());

    private static IEnumerable<(int, string)> Problems(Result import) =>
        import.Json.GetProperty("problems").EnumerateArray().Select(problem =>
            (problem.GetProperty("line").GetInt32(), problem.GetProperty("reason").GetString()!));

    private static string Text(string json) => JsonDocument.Parse(json).RootElement.GetProperty("text").GetString()!;

    /// <summary>The user's letters, in the order of their ids.</summary>
    private async Task<List<string>> TextsAsync(string user, int first = int.MaxValue)
    {
        var texts = new List<string>();
        var records = (await _shell.JsonAsync("record", "list", "letters", "--as", user)).GetProperty("records");
        foreach (var record in records.EnumerateArray().Take(first))
        {
            var id = record.GetProperty("id").GetString()!;
            texts.Add((await _shell.DoAsync("record", "get", "letters", id, "--as", user)).Out);
        }
        return texts;
    }

    private async Task<int> LookUpsAsync() =>
        (await _shell.JsonAsync("log", "show", "--look-ups", "--as", "city-clinic")).GetProperty("entries")
        .EnumerateArray().Count(entry => entry.GetProperty("activity").GetString() == "userLookedUp");

    private async Task<IEnumerable<string>> LogAsync(string name) =>
        (await _shell.JsonAsync("log", "show", "--as", name, "--limit", "10000")).GetProperty("entries")
        .EnumerateArray().Select(entry =>
        {
            var activity = entry.GetProperty("activity").GetString()!;
            return char.ToUpperInvariant(activity[0]) + activity[1..];
        });

    public void Dispose() => _shell.Dispose();
}
