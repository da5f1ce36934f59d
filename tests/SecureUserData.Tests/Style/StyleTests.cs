using System.Reflection;
using System.Text.RegularExpressions;
using SecureUserData.Entities;
using SecureUserData.Tests.Cryptography;

namespace SecureUserData.Tests.Style;

/// <summary>How the code is written, as a test.</summary>
public sealed partial class StyleTests
{
    private const int MaxColumns = 120;
    private const int MaxFileLines = 300;
    private const int MaxMethodLines = 70;

    private static readonly string[] ForbiddenNames =
        ["Common", "Core", "Utils", "Util", "Helper", "Helpers", "Manager", "Impl"];

    [Fact]
    public void No_line_is_longer_than_120_columns() => AssertNone(Lines("src", "tests", "bench")
        .Where(line => line.Text.EnumerateRunes().Count() > MaxColumns)
        .Select(line => $"{line.Place}: {line.Text.Length} columns"));

    [Fact]
    public void No_file_is_longer_than_300_lines() => AssertNone(Files("src", "tests", "bench")
        .Select(file => (file, Count: File.ReadAllLines(file).Length))
        .Where(file => file.Count > MaxFileLines)
        .Select(file => $"{Name(file.file)}: {file.Count} lines"));

    [Fact]
    public void No_method_is_longer_than_70_lines() => AssertNone(
        Files("src", "tests", "bench").SelectMany(file => LongMethods(Name(file), File.ReadAllLines(file))));

    [Fact]
    public void Nothing_is_named_after_nothing() => AssertNone(Files("src")
        .SelectMany(file =>
        {
            var types = TypeName().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value);
            return Name(file).Split('/').Concat(types)
                .Where(name => Words().Matches(Path.GetFileNameWithoutExtension(name))
                    .Any(word => ForbiddenNames.Contains(word.Value)))
                .Select(name => $"{Name(file)}: {name}");
        }));

    [Fact]
    public void Nothing_is_left_to_do() => AssertNone(Lines("src", "tests", "bench")
        .Where(line => line.Text.Contains("TO" + "DO", StringComparison.Ordinal)
            || line.Text.Contains("FIX" + "ME", StringComparison.Ordinal))
        .Select(line => line.Place));

    [Fact]
    public void No_test_sleeps() => AssertNone(Lines("tests")
        .Where(line => line.Text.Contains("Thread." + "Sleep", StringComparison.Ordinal)
            || line.Text.Contains("Task." + "Delay", StringComparison.Ordinal))
        .Select(line => line.Place));

    [Fact]
    public void The_domain_knows_no_engine()
    {
        string[] engines = ["Orleans", "Mongo", "Sqlite", "SQLite", "AspNetCore"];
        foreach (var assembly in (Assembly[])[typeof(DomainServices).Assembly, typeof(ISecureUserData).Assembly])
            AssertNone(assembly.GetReferencedAssemblies()
                .Select(reference => reference.Name!)
                .Where(name => engines.Any(engine => name.Contains(engine, StringComparison.Ordinal)))
                .Select(name => $"{assembly.GetName().Name} references {name}"));
    }

    [Fact]
    public void No_project_runs_in_invariant_globalization_mode() => AssertNone(Directory
        .EnumerateFiles(Vectors.Root, "*", SearchOption.AllDirectories)
        .Where(file => !IsBuilt(file)
            && (Path.GetExtension(file) is ".csproj" or ".props" or ".targets" or ".json" or ".yml"
                || IsDockerfile(file)))
        .Where(file => Invariant().IsMatch(File.ReadAllText(file)))
        .Select(Name));

    private static IEnumerable<string> LongMethods(string name, string[] lines)
    {
        for (var start = 1; start < lines.Length; start++)
        {
            // The brace of a member stands alone, at the end of a line that does not open a type or a namespace.
            var text = lines[start];
            if (text.Trim() != "{") continue;
            var indent = text.Length - 1;
            var opener = start - 1;
            while (opener > 0 && lines[opener].Length - lines[opener].TrimStart().Length > indent) opener--;
            if (!Member().IsMatch(lines[opener]) || TypeName().IsMatch(lines[opener])) continue;
            var close = new string(' ', indent) + "}";
            var end = Array.FindIndex(lines, start, line => line.TrimEnd(' ', ';', ')', ',') == close);
            if (end - opener + 1 > MaxMethodLines) yield return $"{name}:{opener + 1}: {end - opener + 1} lines";
        }
    }

    private static IEnumerable<(string Place, string Text)> Lines(params string[] folders) =>
        Files(folders).SelectMany(file =>
        File.ReadAllLines(file).Select((text, i) => ($"{Name(file)}:{i + 1}", text)));

    private static IEnumerable<string> Files(params string[] folders)
    {
        var files = folders
            .Select(folder => Path.Combine(Vectors.Root, folder))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Where(file => !IsBuilt(file))
            .ToList();
        Assert.NotEmpty(files);
        return files;
    }

    private static bool IsBuilt(string file) =>
        file.Contains("/obj/", StringComparison.Ordinal) || file.Contains("/bin/", StringComparison.Ordinal)
        || file.Contains("/.git", StringComparison.Ordinal);

    private static bool IsDockerfile(string file) =>
        Path.GetFileName(file).StartsWith("Dockerfile", StringComparison.Ordinal);

    private static string Name(string file) => Path.GetRelativePath(Vectors.Root, file).Replace('\\', '/');

    private static void AssertNone(IEnumerable<string> found)
    {
        var all = found.ToList();
        if (all.Count > 0) Assert.Fail(string.Join('\n', all)); // the whole list, not the first place
    }

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record)\s+(?:class\s+|struct\s+)?([A-Z]\w*)")]
    private static partial Regex TypeName();

    [GeneratedRegex("[A-Z][a-z0-9]*")]
    private static partial Regex Words();

    [GeneratedRegex(@"^\s*(?:public|internal|private|protected|static|async|override|[A-Z][\w<>\[\]?., ]* [A-Z]\w*\()")]
    private static partial Regex Member();

    [GeneratedRegex(@"Globalization_?Invariant\W+(true|1)|InvariantGlobalization\W+(true|1)", RegexOptions.IgnoreCase)]
    private static partial Regex Invariant();
}
