namespace SecureUserData.Conformance.Permissions;

/// <summary>The tables of <c>docs/permissions.md</c>, as they stand in that file.</summary>
public sealed record PermissionTable(IReadOnlyList<PermissionRow> Rows)
{
    private const string Corner = "operation";

    /// <summary>The answer to a call that nobody has a way to make.</summary>
    public const string NoWay = "–";

    public const string Yes = "yes";

    /// <summary>Reads the file that was built into the suite.</summary>
    public static PermissionTable Read()
    {
        using var stream = typeof(PermissionTable).Assembly.GetManifestResourceStream("permissions.md")!;
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd().Split('\n'));
    }

    private static PermissionTable Parse(IEnumerable<string> lines)
    {
        var rows = new List<PermissionRow>();
        string[]? columns = null;
        foreach (var line in lines)
        {
            if (!line.StartsWith('|'))
            {
                columns = null;
                continue;
            }
            var cells = line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries);
            if (cells[0] == Corner) columns = cells[1..];
            else if (columns is not null && !cells[0].StartsWith("---", StringComparison.Ordinal))
                rows.Add(new PermissionRow(cells[0].Trim('`'), columns, cells[1..]));
        }
        return new PermissionTable(rows);
    }
}

/// <summary>One row: an operation such as <c>IUser.GetAsync</c> and its answer to each kind of caller.</summary>
public sealed record PermissionRow(string Operation, IReadOnlyList<string> Columns, IReadOnlyList<string> Answers)
{
    public string Answer(string column) => Answers[Columns.ToList().IndexOf(column)];
}
