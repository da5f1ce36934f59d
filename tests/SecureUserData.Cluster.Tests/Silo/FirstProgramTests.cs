using ReadmeProgram;

namespace SecureUserData.Cluster.Tests.Silo;

public sealed class FirstProgramTests
{
    [Fact]
    public async Task The_first_program_runs_against_a_silo_in_another_process()
    {
        await using var silo = new SiloProgram();
        Assert.Equal(0, (await silo.RunAsync("init", "--credential-file", silo.CredentialFile)).Code);
        await silo.StartAsync();
        var console = Console.Out;
        var output = new StringWriter();
        Console.SetOut(output);
        try
        {
            await FirstProgram.RunAsync(silo.Gateway, silo.CredentialFile);
        }
        finally
        {
            Console.SetOut(console);
        }

        var lines = output.ToString().TrimEnd().Split('\n', StringSplitOptions.TrimEntries);
        Assert.StartsWith("Denied: ", lines[0], StringComparison.Ordinal);
        Assert.Equal("ada@example.org", lines[1]);
        Assert.Equal("1 UserCreated field/email", lines[2]);
        Assert.Equal("2 ReadRefused field/email requested", lines[3]);
        Assert.Equal("3 CredentialClaimed", lines[4]);
        Assert.StartsWith("4 ConsentDecided script/scr_", lines[5], StringComparison.Ordinal);
        Assert.Equal("5 DataRead field/email", lines[6]);
        Assert.Equal(7, lines.Length);
    }

    [Fact]
    public void The_README_shows_exactly_what_is_different_here_and_the_rest_is_the_same()
    {
        var cluster = Block("The same in a cluster");
        Assert.Equal(
            [.. Marked("first-program").Where(line => line.Length > 0)],
            cluster.Where(line => line.Length > 0 && !line.StartsWith("var (gateway, ", StringComparison.Ordinal)));
        var rest = Marked("the-rest");
        Assert.Equal(rest, Block("A first program").SkipWhile(line => line != rest[0]));
    }

    /// <summary>The C# block under a heading.</summary>
    private static List<string> Block(string heading) =>
    [
        .. Read("README.md").SkipWhile(line => line != $"## {heading}")
            .SkipWhile(line => line != "```csharp").Skip(1).TakeWhile(line => line != "```"),
    ];

    /// <summary>The marked parts, each moved to the left margin.</summary>
    private static List<string> Marked(string name)
    {
        var (source, marked) = (Read("FirstProgram.cs"), new List<string>());
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i].Trim() != $"// <{name}>") continue;
            var margin = source[i].Length - source[i].TrimStart().Length;
            while (source[++i].Trim() != $"// </{name}>")
                marked.Add(source[i].Length > margin ? source[i][margin..] : "");
        }
        return marked;
    }

    private static string[] Read(string name)
    {
        using var reader = new StreamReader(typeof(FirstProgramTests).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd().Split('\n');
    }
}
