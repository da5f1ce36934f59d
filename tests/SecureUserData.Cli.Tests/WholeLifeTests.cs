using System.Text.Json;

namespace SecureUserData.Cli.Tests;

/// <summary>5,000 people and 5,574 messages whom nobody here has written: imported, exported and erased.</summary>
public sealed class WholeLifeTests(ITestOutputHelper output) : IDisposable
{
    private const int People = 5_000;
    private const int Person = 53; // has two messages, and the first of them holds quotes

    private readonly Shell _shell = new();

    [Fact]
    public async Task Everything_that_was_imported_leaves_in_an_export_and_ends_with_an_erasure()
    {
        var (csv, tsv) = (RealData.Find("people.csv"), RealData.Find("messages.tsv"));
        var (rows, messages) = (RealData.People(csv), RealData.Messages(tsv));
        Assert.Equal((People + 1, 5_574), (rows.Count, messages.Count));
        await ImportAsync(csv, tsv, messages.Count);
        await ClaimAndAllowAsync();

        await _shell.DoAsync("export", "--as", "somebody", "--out", "everything.json");

        var export = JsonDocument.Parse(Here("everything.json")).RootElement;
        Assert.Equal(
            rows[0].Zip(rows[Person + 1]).Where(field => field.Second.Length > 0).OrderBy(field => field.First),
            export.GetProperty("profile").GetProperty("fields").EnumerateObject()
                .Select(field => (field.Name, field.Value.GetProperty("value").GetString()!))
                .OrderBy(field => field.Name));
        (string, string)[] own = [messages[Person], messages[Person + People]];
        Assert.Contains('"', own[0].Item1);
        Assert.Equal(own, Messages(export.GetProperty("records").GetProperty("messages"), "text"));
        Assert.Equal(
            ["UserCreated", "RecordPut", "CredentialClaimed", "ConsentDecided", "DataRead"],
            export.GetProperty("accessLog").EnumerateArray().Take(5)
                .Select(entry => entry.GetProperty("activity").GetString()));
        var reading = await _shell.JsonAsync([.. Read, "surname", "--records", "messages"]);
        Assert.Equal(own, Messages(reading.GetProperty("records"), "text"));

        await EraseAsync();
        var status = await _shell.JsonAsync("status");
        Assert.Equal(messages.Count - 2, status.GetProperty("records").GetInt32());
        await _shell.DoAsync("log", "verify");
    }

    private static string[] Read => ["read", "--as", "census", "--user", "somebody", "--fields"];

    private async Task ImportAsync(string csv, string tsv, int messages)
    {
        await _shell.DoAsync("init");
        await _shell.DoAsync("app", "register", "Registry", "--unique", "soc_sec_id", "--index", "surname");
        var people = await _shell.JsonAsync("user", "import", csv, "--claims", "claims.csv");
        Assert.Equal(People, people.GetProperty("created").GetInt32());
        string[] import = ["record", "import", tsv, "--collection", "messages", "--round-robin"];
        var first = await _shell.JsonAsync(import);
        Assert.Equal((messages, 0, 0), Counts(first));
        var second = await _shell.JsonAsync(import);
        Assert.Equal((0, messages, 0), Counts(second));
        output.WriteLine($"{People} people in {Seconds(people)} s, {messages} messages in {Seconds(first)} s, and "
            + $"{Seconds(second)} s to see that they are there");
        Assert.Equal(messages, (await _shell.JsonAsync("status")).GetProperty("records").GetInt32());
    }

    private async Task ClaimAndAllowAsync()
    {
        var claim = File.ReadLines(Path.Combine(_shell.Here, "claims.csv")).Select(line => line.Split(','))
            .Single(line => line[0] == $"{Person + 2}"); // lines count from 1, and the first is the header
        _shell.File("code.txt", claim[2]);
        await _shell.DoAsync("user", "claim", "--code-file", "code.txt", "--save-as", "somebody");
        await _shell.DoAsync(
            "script", "register", "--name", "Census", "--purpose", "Count people", "--basis", "public-task",
            "--fields", "surname", "--collections", "messages");
        await _shell.DoAsync("consent", "give", "census", "--as", "somebody");
        await _shell.DoAsync([.. Read, "surname"]);
    }

    private async Task EraseAsync()
    {
        await _shell.DoAsync("certificate", "key", "--out", "registry.pem", "--as", "registry");
        await _shell.DoAsync("erase", "--as", "somebody", "--yes", "--certificate", "erased.jws");
        var refused = await _shell.RunAsync([.. Read, "surname"]);
        Assert.Equal(1, refused.Code);
        Assert.Contains("has been erased", refused.Problem);
        var said = await _shell.JsonAsync("certificate", "verify", "erased.jws", "--key", "registry.pem");
        Assert.Contains(
            said.GetProperty("removed").EnumerateArray(),
            items => items.GetProperty("what").GetString() == "records" && items.GetProperty("count").GetInt32() == 2);
        var certificate = Here("erased.jws");
        certificate[certificate.Length / 2] ^= 1;
        _shell.File("changed.jws", certificate);
        var changed = await _shell.RunAsync("certificate", "verify", "changed.jws", "--key", "registry.pem");
        Assert.Equal(1, changed.Code);
        Assert.Contains("does not verify", changed.Problem);
    }

    private byte[] Here(string file) => File.ReadAllBytes(Path.Combine(_shell.Here, file));

    private static IEnumerable<(string, string)> Messages(JsonElement records, string property) =>
        records.EnumerateArray().Select(record =>
        {
            var message = JsonDocument.Parse(record.GetProperty(property).GetString()!).RootElement;
            return (message.GetProperty("sentence").GetString()!, message.GetProperty("label").GetString()!);
        });

    private static (int, int, int) Counts(JsonElement import) => (
        import.GetProperty("added").GetInt32(), import.GetProperty("alreadyThere").GetInt32(),
        import.GetProperty("refused").GetInt32());

    private static string Seconds(JsonElement import) => $"{import.GetProperty("seconds").GetDouble():0.0}";

    public void Dispose() => _shell.Dispose();
}
