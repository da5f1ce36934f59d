namespace SecureUserData.Cli.Csv;

/// <summary>Line numbers as people write them: <c>2-7, 9</c>.</summary>
internal static class LineRanges
{
    internal static IReadOnlyList<string> Of(IEnumerable<int> lines)
    {
        var ranges = new List<(int First, int Last)>();
        foreach (var line in lines.Order())
            if (ranges.Count > 0 && ranges[^1].Last == line - 1) ranges[^1] = (ranges[^1].First, line);
            else ranges.Add((line, line));
        return [.. ranges.Select(range =>
            range.First == range.Last ? $"{range.First}" : $"{range.First}-{range.Last}")];
    }
}
