namespace SecureUserData;

/// <summary>Names the retention of one application: <c>retention/app_…</c>.</summary>
/// <param name="App">The application.</param>
public readonly record struct RetentionId(AppId App) : IEntityId<IRetention>
{
    private const string Prefix = "retention/";

    /// <summary>Reads the text of an id; false when it is not one.</summary>
    public static bool TryParse(string? text, out RetentionId id)
    {
        id = default;
        if (text?.StartsWith(Prefix, StringComparison.Ordinal) != true
            || !AppId.TryParse(text[Prefix.Length..], out var app))
            return false;
        id = new(app);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Prefix + App;
}
