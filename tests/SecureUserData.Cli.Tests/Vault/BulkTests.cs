using System.Text.Json;

namespace SecureUserData.Cli.Tests.Vault;

public sealed class BulkTests : IDisposable
{
    private const string Csv =
        "name,secret,url,notes,machine,parent,meta.tier\n"
        + "gate,key of the gate,,,web1,,\n"
        + "database,\" spaces, a comma and \"\"quotes\"\" \r\nand an end of a line \",pg://db.example.org,"
        + "\"two\nlines\",web1,gate,production\n"
        + " open ,,http://example.org,,,,\n";

    private readonly VaultShell _vault = new();

    [Fact]
    public async Task Services_are_imported_with_their_secrets_to_the_letter_and_once()
    {
        await OperationsAsync();
        var planned = await _vault.ImportAsync(Csv, "--dry-run");
        Assert.Equal(0, planned.Code);
        Assert.Contains("Nothing was added", planned.Out);
        Assert.DoesNotContain("key of the gate", planned.Out + planned.Error);
        Assert.DoesNotContain("lines", planned.Out);
        Assert.Empty(await NamesAsync());
        var plan = (await _vault.ImportAsync(Csv, "--dry-run", "--json")).Json.GetProperty("items");
        Assert.Equal(
            [(2, "gate", true, false), (3, "database", true, true), (6, "open", false, false)],
            plan.EnumerateArray().Select(item => (
                item.GetProperty("line").GetInt32(), item.GetProperty("name").GetString()!,
                item.GetProperty("hasSecret").GetBoolean(), item.GetProperty("hasNotes").GetBoolean())));

        var imported = await _vault.ImportAsync(Csv);

        Assert.True(imported.Code == 0, imported.Error);
        Assert.Matches("^Added +3 of 3\n$", imported.Out);
        Assert.Contains("services.csv, for who can read it: delete it", imported.Error);
        Assert.Equal(["gate", "database", "open"], await NamesAsync());
        Assert.Equal("key of the gate", await _vault.SecretAsync("gate"));
        Assert.Equal(" spaces, a comma and \"quotes\" \r\nand an end of a line ", await _vault.SecretAsync("database"));
        Assert.Null(await _vault.SecretAsync("open"));
        var database = await _vault.JsonAsync("service-get", "database", "--notes");
        Assert.Equal("two\nlines", database.GetProperty("notes").GetString());
        Assert.Equal("pg://db.example.org", database.GetProperty("url").GetString());
        Assert.Equal("production", database.GetProperty("metadata").GetProperty("tier").GetString());
        var gate = (await _vault.JsonAsync("service-get", "gate")).GetProperty("id").GetString();
        Assert.Equal(gate, database.GetProperty("parent").GetString());

        var again = (await _vault.ImportAsync(Csv + "late,,,,,database,\n", "--json")).Json;
        var late = Assert.Single(again.GetProperty("added").EnumerateArray());
        Assert.Equal("late", late.GetProperty("name").GetString());
        Assert.Equal("2-3, 6", Lines(again, "alreadyThereLines"));
    }

    [Fact]
    public async Task While_one_row_is_wrong_none_is_added_and_all_that_are_wrong_are_named()
    {
        await OperationsAsync();
        var large = new string('x', 16 * 1024 + 1);
        var result = await _vault.ImportAsync(
            $"name,secret,machine,parent\ngood,1,web1,\n,2,,\ngood,3,web1,\ngood,4,,\nlost,5,nowhere,\n"
            + $"early,6,,later\nlater,7,,\nlarge,{large},,\nshort,8\nc\u0007,9,,\n");
        Assert.Equal(1, result.Code);
        Assert.Equal("", result.Out);
        (string Line, string Says)[] problems =
        [
            ("3", "name is empty"), ("4", "Line 2 has the same name"), ("6", "no machine 'nowhere'"),
            ("7", "no service 'later'"), ("9", "at most 16384 bytes"), ("10", "it has 2 columns"),
            ("11", "control or format character"),
        ];
        var lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(problems.Length + 1, lines.Length);
        Assert.All(problems.Zip(lines), pair =>
        {
            Assert.StartsWith($"sud: line {pair.First.Line}: ", pair.Second);
            Assert.Contains(pair.First.Says, pair.Second);
        });
        Assert.Contains("Nothing was added", lines[^1]);
        Assert.DoesNotContain("xxx", result.Error);
        Assert.Empty(await NamesAsync());
        foreach (var (header, says) in ((string, string)[])[
            ("name,password", "'password' is none of the columns"), ("secret,url", "no column 'name'"),
            ("name,meta.", "'meta.' is none"), ("name, name", "'name' is there twice")])
            Assert.Contains(says, (await _vault.ImportAsync($"{header}\na,b\n")).Problem);
        _vault.Shell.File("services.csv", "name\nc\n");
        Assert.Contains(
            "no group 'x'", (await _vault.RunAsync("service-import", "services.csv", "--group", "x")).Problem);
    }

    [Fact]
    public async Task What_the_server_refuses_in_the_middle_is_named_with_what_was_done()
    {
        await OperationsAsync();
        // each entry is within its limit; together they are more than can be signed
        var header = string.Concat(Enumerable.Range(0, 20).Select(i => $",meta.{i}"));
        var (none, much) = (new string(',', 20), string.Concat(Enumerable.Repeat("," + new string('x', 2_000), 20)));
        var csv = $"name{header}\na{none}\nb{none}\nc{much}\nd{none}\n";
        var result = await _vault.ImportAsync(csv, "--json");
        Assert.Equal(1, result.Code);
        Assert.StartsWith("sud: line 4: ", result.Problem);
        Assert.Equal(["a", "b"], result.Json.GetProperty("added").EnumerateArray()
            .Select(added => added.GetProperty("name").GetString()!));
        Assert.Equal("4-5", Lines(result.Json, "notAddedLines"));
        Assert.Equal(["a", "b"], await NamesAsync());
        Assert.Contains("lines 4-5", (await _vault.ImportAsync(csv)).Out);
        Assert.Equal(0, (await _vault.ImportAsync(csv.Replace(much, none, StringComparison.Ordinal))).Code);
        Assert.Equal(["a", "b", "c", "d"], await NamesAsync());
    }

    [Fact]
    public async Task An_import_that_is_interrupted_says_how_far_it_came_and_goes_on_there()
    {
        await OperationsAsync();
        _vault.Shell.File("services.csv", "name,parent\n0,\n1,0\n2,0\n3,2\n4,2\n5,2\n6,2\n");
        string[] import = ["service-import", "services.csv", "--group", "Operations", "--json"];
        var stopped = await _vault.StopAsync("importing: ", import);
        Assert.Equal(130, stopped.Code);
        var added = stopped.Json.GetProperty("added").GetArrayLength();
        Assert.InRange(added, 1, 6);
        Assert.Equal(added == 6 ? "8" : $"{added + 2}-8", Lines(stopped.Json, "notAddedLines"));
        var rest = await _vault.JsonAsync(import);
        Assert.Equal(7 - added, rest.GetProperty("added").GetArrayLength());
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6"], await NamesAsync());
        var ways = (await _vault.JsonAsync("show", "6")).GetProperty("services").EnumerateArray();
        Assert.Equal(
            ["0", "2", "6"], ways.Select(way => way.GetProperty("service").GetProperty("name").GetString()!));
    }

    [Fact]
    public async Task Several_services_are_put_into_a_group_and_taken_out_together()
    {
        await OperationsAsync();
        await _vault.ImportAsync("name,secret\na,1\nb,2\nc,3\n");
        await _vault.DoAsync("group-add", "Night shift");
        var id = (await _vault.JsonAsync("service-get", "a")).GetProperty("id").GetString()!;
        Assert.Equal(2, (await _vault.RunAsync("group-add-service", "Night shift", "a", "nothing")).Code);
        Assert.Empty(await InAsync("Night shift"));
        var added = await _vault.DoAsync("group-add-service", "Night shift", "a", "b", id);
        Assert.Equal("a is in Operations, Night shift.\nb is in Operations, Night shift.\n", added.Out);
        var twice = await _vault.RunAsync("group-add-service", "Night shift", "c", "b");
        Assert.Contains("b is in this group already", twice.Problem);
        Assert.Equal(["a", "b"], await InAsync("Night shift"));

        var taken = await _vault.RunAsync("group-del-service", "Operations", "a", "c", "b");
        Assert.Equal(1, taken.Code);
        Assert.Contains("c: A service is in one group at least", taken.Problem);
        Assert.Equal("a is in Night shift.\n", taken.Out); // what is done is done
        Assert.Equal(["b", "c"], await InAsync("Operations"));
        Assert.Contains("c is not in", (await _vault.RunAsync("group-del-service", "Night shift", "c")).Problem);
        await _vault.DoAsync("group-del-service", "Night shift", "b");
        Assert.Equal("2", await _vault.SecretAsync("b"));
    }

    private async Task OperationsAsync()
    {
        await _vault.InitAsync();
        await _vault.DoAsync("group-add", "Operations");
        await _vault.DoAsync("customer-add", "Acme");
        await _vault.DoAsync("machine-add", "web1", "--customer", "Acme");
    }

    private async Task<List<string>> NamesAsync() => [.. (await _vault.JsonAsync("service-list"))
        .GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()!)];

    private async Task<List<string>> InAsync(string group) => [.. (await _vault.JsonAsync("group-get", group))
        .GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()!)];

    private static string Lines(JsonElement json, string name) =>
        string.Join(", ", json.GetProperty(name).EnumerateArray().Select(range => range.GetString()));

    public void Dispose() => _vault.Dispose();
}
