namespace SecureUserData.Conformance.Permissions;

/// <summary>The table of <c>docs/vault-permissions.md</c>, as it stands in that file.</summary>
internal static class FunctionTable
{
    /// <summary>The first cell of each row.</summary>
    internal static IReadOnlyList<string> Names()
    {
        using var stream = typeof(FunctionTable).Assembly.GetManifestResourceStream("vault-permissions.md")!;
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n')
            .Where(line => line.StartsWith('|')).Skip(2) // the heads
            .Select(line => line.Trim('|').Split('|')[0].Trim())];
    }
}
