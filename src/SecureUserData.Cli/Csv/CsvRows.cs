using CsvHelper;

namespace SecureUserData.Cli.Csv;

/// <summary>One row of a file, or what is wrong with it.</summary>
/// <param name="Line">The line it begins on, from 1.</param>
/// <param name="Values">Its values; empty when something is wrong.</param>
/// <param name="Problem">What is wrong; null when nothing is.</param>
internal sealed record CsvRow(int Line, IReadOnlyList<string> Values, string? Problem = null);

/// <summary>How the values of a row are told apart.</summary>
/// <param name="Separator">What stands between them.</param>
/// <param name="Trims">Whether spaces around them are no part of them.</param>
internal sealed record RowFormat(char Separator, bool Trims)
{
    /// <summary>RFC 4180, with spaces around values allowed.</summary>
    internal static RowFormat Csv { get; } = new(',', Trims: true);

    /// <summary>RFC 4180 to the letter: every space counts, as it does in a password.</summary>
    internal static RowFormat ExactCsv { get; } = new(',', Trims: false);

    /// <summary>Tabs, and quotes as in CSV; every space counts.</summary>
    internal static RowFormat Tsv { get; } = new('\t', Trims: false);
}

/// <summary>Reads the rows of a file. A malformed row costs its own line only: an opened quote would otherwise swallow
/// the rest of the file.</summary>
internal sealed class CsvRows(Stream stream, RowFormat format)
{
    /// <summary>Lines that one row may span, with line breaks inside quotes.</summary>
    private const int MaxLinesPerRow = 100;

    private readonly CsvReaderOptions _options = new()
    {
        Separator = format.Separator, // never guessed
        HasHeader = false,
        TrimWhitespace = format.Trims,
        MalformedData = CsvMalformedDataHandling.Throw,
        IncludeValuesInExceptions = false,
    };

    private readonly CsvLines _lines = new(stream);

    /// <summary>The rows in their order; lines without anything on them are left out.</summary>
    /// <param name="columns">How many values a row must have; null to take any number.</param>
    internal IEnumerable<CsvRow> Read(int? columns)
    {
        while (_lines.TryTake(out var line))
            if (!string.IsNullOrWhiteSpace(line.Text) || line.Problem is not null)
                yield return Row(line, columns);
    }

    private CsvRow Row(CsvLine first, int? columns)
    {
        if (first.Problem is { } problem) return new CsvRow(first.Number, [], problem);
        var (text, last) = (first.Text, first);
        var more = 0;
        for (; HasOpenQuote(text); more++)
        {
            if (more == MaxLinesPerRow || _lines.Peek(more) is not { Problem: null } next)
                return new CsvRow(first.Number, [], "a quote is opened and not closed");
            text += (format.Trims ? "\n" : last.End) + next.Text;
            last = next;
        }
        if (Parse(text) is not { } values)
            return new CsvRow(first.Number, [], "a quote or a line break stands in the wrong place");
        if (columns is { } expected && values.Count != expected)
            return new CsvRow(first.Number, [], $"it has {values.Count} columns and the header has {expected}");
        _lines.Skip(more);
        return new CsvRow(first.Number, values);
    }

    /// <summary>Inside a quoted value quotes are doubled, so a row is whole when they are even in number.</summary>
    private static bool HasOpenQuote(string text) => text.AsSpan().Count('"') % 2 == 1;

    private List<string>? Parse(string text)
    {
        using var reader = CsvReader.FromText(text, _options);
        try
        {
            if (!reader.Read()) return [];
            var values = new List<string>(reader.FieldCount);
            for (var i = 0; i < reader.FieldCount; i++)
                values.Add(format.Trims ? reader.GetString(i).Trim() : reader.GetString(i));
            return reader.Read() ? null : values; // two rows in one
        }
        catch (CsvFormatException)
        {
            return null;
        }
    }
}
