using ReadmeProgram;

namespace SecureUserData.Tests;

public sealed class FirstProgramTests
{
    private const string Begin = "// <first-program>";
    private const string End = "// </first-program>";

    [Fact]
    public async Task The_first_program_is_refused_then_reads_and_shows_the_log()
    {
        var console = Console.Out;
        var output = new StringWriter();
        Console.SetOut(output);
        try
        {
            await FirstProgram.RunAsync();
        }
        finally
        {
            Console.SetOut(console);
        }

        var lines = output.ToString().TrimEnd().Split('\n', StringSplitOptions.TrimEntries);
        Directory.Delete(lines[0]["Everything is in ".Length..^", encrypted.".Length], recursive: true);
        Assert.StartsWith("Denied: ", lines[1], StringComparison.Ordinal);
        Assert.Equal("ada@example.org", lines[2]);
        Assert.Equal("1 UserCreated field/email", lines[3]);
        Assert.Equal("2 ReadRefused field/email requested", lines[4]);
        Assert.Equal("3 CredentialClaimed", lines[5]);
        Assert.StartsWith("4 ConsentDecided script/scr_", lines[6], StringComparison.Ordinal);
        Assert.Equal("5 DataRead field/email", lines[7]);
        Assert.Equal(8, lines.Length);
    }

    [Fact]
    public void The_README_shows_exactly_the_program_that_runs_here()
    {
        var shown = Block(Read("README.md"));

        Assert.Equal(Program(Read("FirstProgram.cs")), shown);
        Assert.InRange(shown.Count(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal)), 1, 29);
    }

    /// <summary>The C# block under the heading "A first program".</summary>
    private static List<string> Block(IReadOnlyList<string> readme) =>
    [
        .. readme.SkipWhile(line => line.TrimStart('#', ' ') != "A first program" || line[0] != '#')
            .SkipWhile(line => line != "```csharp").Skip(1).TakeWhile(line => line != "```"),
    ];

    /// <summary>The marked parts, an empty line between them, each moved to the left margin.</summary>
    private static List<string> Program(IReadOnlyList<string> source)
    {
        var program = new List<string>();
        for (var i = 0; i < source.Count; i++)
        {
            if (source[i].Trim() != Begin) continue;
            var margin = source[i].Length - Begin.Length;
            if (program.Count > 0) program.Add("");
            while (source[++i].Trim() != End) program.Add(source[i].Length > margin ? source[i][margin..] : "");
        }
        return program;
    }

    private static string[] Read(string name)
    {
        using var reader = new StreamReader(typeof(FirstProgramTests).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd().Split('\n');
    }
}
