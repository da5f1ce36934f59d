namespace SecureUserData;

/// <summary>Names the reading of all users who allow it, by one script: <c>read-all/scr_…</c>.</summary>
/// <param name="Script">The script that reads.</param>
public readonly record struct ReadAllId(ScriptId Script) : IEntityId<IReadAll>
{
    private const string Prefix = "read-all/";

    /// <summary>Reads the text of an id; false when it is not one.</summary>
    public static bool TryParse(string? text, out ReadAllId id)
    {
        var script = default(ScriptId);
        var ok = text is not null
            && text.StartsWith(Prefix, StringComparison.Ordinal)
            && ScriptId.TryParse(text[Prefix.Length..], out script);
        id = new(script);
        return ok;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Prefix}{Script}";
}
