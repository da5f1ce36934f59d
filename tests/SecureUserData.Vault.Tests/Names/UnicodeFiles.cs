using System.Globalization;
using System.Text;

namespace SecureUserData.Vault.Tests.Names;

/// <summary>The official files of Unicode, in a folder: confusables.txt, CaseFolding.txt, Scripts.txt,
/// ScriptExtensions.txt, PropertyValueAliases.txt and DerivedCoreProperties.txt (docs/vault-names.md).</summary>
internal sealed class UnicodeFiles(string folder)
{
    /// <summary>Each character that looks like others, and what it looks like, in the order of the file.</summary>
    internal IReadOnlyList<(Rune Source, string Look)> Confusables() => [.. Lines("confusables.txt")
        .Select(fields => (Rune(fields[0]), Text(fields[1])))];

    /// <summary>Full case folding: statuses C and F.</summary>
    internal IReadOnlyList<(Rune Source, string Folded)> Folds() => [.. Lines("CaseFolding.txt")
        .Where(fields => fields[1] is "C" or "F")
        .Select(fields => (Rune(fields[0]), Text(fields[2])))];

    /// <summary>Ranges and the scripts that they are used with, by short names, in order.</summary>
    internal IReadOnlyList<(int First, int Last, string Scripts)> Scripts()
    {
        var shortNames = Lines("PropertyValueAliases.txt").Where(fields => fields[0] == "sc")
            .ToDictionary(fields => fields[2], fields => fields[1]);
        var scripts = new SortedDictionary<int, string>();
        foreach (var fields in Lines("Scripts.txt"))
            foreach (var value in Range(fields[0])) scripts[value] = shortNames[fields[1]];
        foreach (var fields in Lines("ScriptExtensions.txt"))
            foreach (var value in Range(fields[0])) scripts[value] = fields[1];
        return Ranges(scripts);
    }

    /// <summary>Ranges of characters that show nothing.</summary>
    internal IReadOnlyList<(int First, int Last)> Ignorables()
    {
        var all = new SortedDictionary<int, string>();
        foreach (var fields in Lines("DerivedCoreProperties.txt").Where(f => f[1] == "Default_Ignorable_Code_Point"))
            foreach (var value in Range(fields[0])) all[value] = "";
        return [.. Ranges(all).Select(range => (range.First, range.Last))];
    }

    private static List<(int First, int Last, string Value)> Ranges(SortedDictionary<int, string> values)
    {
        var ranges = new List<(int First, int Last, string Value)>();
        foreach (var (value, text) in values)
            if (ranges.Count > 0 && ranges[^1].Last == value - 1 && ranges[^1].Value == text)
                ranges[^1] = ranges[^1] with { Last = value };
            else ranges.Add((value, value, text));
        return ranges;
    }

    private IEnumerable<string[]> Lines(string file) => File.ReadLines(Path.Combine(folder, file))
        .Select(line => line.Split('#')[0].Trim())
        .Where(line => line.Length > 0)
        .Select(line => line.Split(';', StringSplitOptions.TrimEntries));

    private static IEnumerable<int> Range(string text)
    {
        var ends = text.Split("..");
        var first = Number(ends[0]);
        return Enumerable.Range(first, Number(ends[^1]) - first + 1);
    }

    private static Rune Rune(string hex) => new(Number(hex));

    private static string Text(string hex) => string.Concat(hex.Split(' ').Select(Rune));

    private static int Number(string hex) =>
        int.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
