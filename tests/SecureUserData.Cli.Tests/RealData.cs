namespace SecureUserData.Cli.Tests;

/// <summary>Data that nobody here has written, beside the project's folder, and read in another way than sud does.
/// </summary>
internal static class RealData
{
    /// <summary>The path of a file; skips the test where it is not there.</summary>
    internal static string Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "SecureUserData.sln")))
            {
                var path = Path.GetFullPath($"../shared/data/{name}", folder.FullName);
                Assert.SkipUnless(File.Exists(path), $"../shared/data/{name} is not there");
                return path;
            }
        throw new InvalidOperationException("The tests run outside the project's folder.");
    }

    /// <summary>Rows of values, the header first: the file has no quotes.</summary>
    internal static List<string[]> People(string csv) =>
        [.. File.ReadLines(csv).Select(line => line.Split(',').Select(value => value.Trim()).ToArray())];

    /// <summary>Texts and labels, without the header: no text spans lines, and one that holds quotes is quoted.
    /// </summary>
    internal static List<(string Text, string Label)> Messages(string tsv) =>
        [.. File.ReadLines(tsv).Skip(1).Select(line =>
        {
            var (text, label) = (line[..line.LastIndexOf('\t')], line[(line.LastIndexOf('\t') + 1)..]);
            return (text.StartsWith('"') ? text[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : text, label);
        })];
}
