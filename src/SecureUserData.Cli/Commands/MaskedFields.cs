namespace SecureUserData.Cli.Commands;

/// <summary>Fields with the masks on them: read as in <c>soc_sec_id:last4</c>, and told in plain words.</summary>
internal static class MaskedFields
{
    /// <summary>The words for masks, for help.</summary>
    internal static string Words { get; } =
        string.Join(", ", Enum.GetValues<FieldMask>().Select(mask => mask.Word()));

    internal static (IReadOnlyList<string> Fields, IReadOnlyDictionary<string, FieldMask> Masks) Parse(
        IEnumerable<string> items)
    {
        var fields = new List<string>();
        var masks = new Dictionary<string, FieldMask>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            var parts = item.Split(':', 2, StringSplitOptions.TrimEntries); // no name of a field holds a colon
            fields.Add(parts[0]);
            if (parts.Length > 1) masks[parts[0]] = Mask(parts[1]); // who names a field twice is told so later
        }
        return (fields, masks);
    }

    /// <summary>What a script asks for.</summary>
    internal static IReadOnlyList<string> AskedIn(ScriptText text) =>
        Scope(text.Fields, text.Masks, text.Collections);

    /// <summary>What a user has allowed.</summary>
    internal static IReadOnlyList<string> AllowedIn(ConsentDecision? decision) =>
        decision is null ? [] : Scope(decision.Fields, decision.Masks, decision.Collections);

    internal static string Describe(string field, IReadOnlyDictionary<string, FieldMask>? masks) =>
        masks is not null && masks.TryGetValue(field, out var mask) ? $"{field}: only {PlainWords(mask)}" : field;

    private static IReadOnlyList<string> Scope(
        IReadOnlyList<string> fields,
        IReadOnlyDictionary<string, FieldMask>? masks,
        IReadOnlyList<string> collections) =>
    [
        .. fields.Select(field => Describe(field, masks)),
        .. collections.Select(collection => $"records in {collection}"),
    ];

    private static string PlainWords(FieldMask mask) => mask switch
    {
        FieldMask.LastFour => "the last 4 characters",
        FieldMask.Initial => "the initial",
        FieldMask.Year => "the year",
        FieldMask.EmailDomain => "the domain of the e-mail address",
    };

    private static FieldMask Mask(string word)
    {
        foreach (var mask in Enum.GetValues<FieldMask>())
            if (mask.Word().Equals(word, StringComparison.OrdinalIgnoreCase)) return mask;
        throw new UsageException($"'{word}' is not a mask: use one of {Words}, or none for the whole field.");
    }
}
