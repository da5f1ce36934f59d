namespace SecureUserData.Cli.Commands;

/// <summary>Reads <c>field=value</c>.</summary>
internal static class Fields
{
    internal static Dictionary<string, string> Parse(IEnumerable<string> assignments)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var assignment in assignments)
        {
            var equals = assignment.IndexOf('=');
            if (equals < 1) throw new UsageException("A field is written field=value, as in email=ada@example.org.");
            if (!fields.TryAdd(assignment[..equals].Trim(), assignment[(equals + 1)..].Trim()))
                throw new UsageException($"The field '{assignment[..equals].Trim()}' is set twice: set it once.");
        }
        return fields;
    }
}
