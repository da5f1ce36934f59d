using System.Buffers.Binary;
using System.Text;

namespace SecureUserData.Cli.Tests;

/// <summary>5,000 people whom nobody here has written.</summary>
public sealed class PeopleTests(ITestOutputHelper output) : IDisposable
{
    private const int People = 5_000;
    private const string Planted = "a value that was planted to be found";

    private readonly Shell _shell = new();

    [Fact]
    public async Task All_are_imported_once_found_by_nobody_in_the_files_and_read_as_they_allow()
    {
        var csv = RealData.Find("people.csv");
        await _shell.DoAsync("init");
        await _shell.DoAsync("app", "register", "Registry", "--unique", "soc_sec_id", "--index", "surname");
        var first = await _shell.JsonAsync("user", "import", csv, "--claims", "claims.csv");
        output.WriteLine($"{People} people imported in {first.GetProperty("seconds").GetDouble():0.0} s");
        Assert.Equal((People, 0, 0), Counts(first));
        Assert.Equal((0, People, 0), Counts(await _shell.JsonAsync("user", "import", csv)));
        Assert.Equal(People, (await _shell.JsonAsync("status")).GetProperty("users").GetInt32());
        var rows = RealData.People(csv);
        Assert.Equal(People, rows.Count - 1);
        await ReadWhatWasGivenAsync(rows);
        SearchFiles(rows);
        var verified = await _shell.JsonAsync("log", "verify");
        Assert.Equal(People + 2, verified.GetProperty("chains").GetInt32()); // two are above them
    }

    private async Task ReadWhatWasGivenAsync(List<string[]> rows)
    {
        await _shell.DoAsync(
            "script", "register", "--name", "Census", "--purpose", "Count people", "--basis", "public-task",
            "--fields", "given_name,surname,date_of_birth");
        const int line = 4_321;
        _shell.File("code.txt", Claim(line)[2]);
        await _shell.DoAsync("user", "claim", "--code-file", "code.txt", "--save-as", "somebody");
        string[] read = ["read", "--as", "census", "--user", "somebody", "--fields"];
        Assert.Equal(1, (await _shell.RunAsync([.. read, "surname"])).Code);
        await _shell.DoAsync("consent", "give", "census", "--as", "somebody", "--fields", "given_name,surname");
        var fields = (await _shell.JsonAsync([.. read, "given_name,surname"])).GetProperty("fields");
        Assert.Equal(
            Expected(rows[0], rows[line - 1]),
            fields.EnumerateObject().OrderBy(f => f.Name).Select(f => $"{f.Name}={f.Value.GetString()}"));
        Assert.Equal(1, (await _shell.RunAsync([.. read, "date_of_birth"])).Code); // asked for and not given
        Assert.Equal(1, (await _shell.RunAsync([.. read, "soc_sec_id"])).Code); // never asked for
        read[4] = Claim(77)[1]; // somebody else
        Assert.Equal(1, (await _shell.RunAsync([.. read, "surname"])).Code);
    }

    private string[] Claim(int line) => File.ReadLines(Path.Combine(_shell.Here, "claims.csv"))
        .Select(claim => claim.Split(','))
        .Single(claim => claim[0] == $"{line}");

    private static IEnumerable<string> Expected(string[] header, string[] row) => header.Zip(row)
        .Where(field => field.First is "given_name" or "surname" && field.Second.Length > 0)
        .OrderBy(field => field.First)
        .Select(field => $"{field.First}={field.Second}");

    /// <summary>Every value of 8 bytes or more, in every byte of every file.</summary>
    private void SearchFiles(List<string[]> rows)
    {
        var values = rows.Skip(1).SelectMany(row => row)
            .Where(value => Encoding.UTF8.GetByteCount(value) >= 8).ToHashSet();
        values.ExceptWith(rows[0]); // the names of the fields stand in the log in the open
        Assert.True(values.Count > 15_000);
        Assert.Empty(Found(values));
        // The same search finds what is there: planted beside, and the purpose, which the log holds in the open.
        File.AppendAllText(Path.Combine(_shell.Data, "planted.txt"), $"…{Planted}…");
        Assert.Equal(
            ["Count people", Planted],
            Found([.. values, Planted, "Count people"]).Order(StringComparer.Ordinal));
        File.Delete(Path.Combine(_shell.Data, "planted.txt"));
    }

    private HashSet<string> Found(HashSet<string> values)
    {
        var byStart = values.Select(value => (Value: value, Bytes: Encoding.UTF8.GetBytes(value)))
            .ToLookup(value => BinaryPrimitives.ReadUInt64LittleEndian(value.Bytes));
        var found = new HashSet<string>();
        foreach (var file in Directory.EnumerateFiles(_shell.Data, "*", SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(file);
            for (var at = 0; at + 8 <= bytes.Length; at++)
                foreach (var (value, wanted) in byStart[BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at))])
                    if (bytes.AsSpan(at).StartsWith(wanted) && !IsInsideRandomText(bytes, at, wanted.Length))
                        found.Add(value);
        }
        return found;
    }

    /// <summary>Ids and index tags are 26 and 52 random characters: in megabytes of them eight digits can look like a
    /// date, about once in a hundred runs.</summary>
    private static bool IsInsideRandomText(byte[] bytes, int at, int length)
    {
        int start = at, end = at + length;
        while (start > 0 && IsBase32(bytes[start - 1])) start--;
        while (end < bytes.Length && IsBase32(bytes[end])) end++;
        return end - start >= 26 && bytes.AsSpan(at, length).IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

        static bool IsBase32(byte b) => b is >= (byte)'0' and <= (byte)'9' or >= (byte)'a' and <= (byte)'z';
    }

    private static (int, int, int) Counts(System.Text.Json.JsonElement import) => (
        import.GetProperty("created").GetInt32(), import.GetProperty("alreadyThere").GetInt32(),
        import.GetProperty("refused").GetInt32());

    public void Dispose() => _shell.Dispose();
}
