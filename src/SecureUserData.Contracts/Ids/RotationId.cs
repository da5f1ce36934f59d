namespace SecureUserData;

/// <summary>Names the rotation of one application's keys: <c>rotation/app_…</c>.</summary>
/// <param name="App">The application.</param>
public readonly record struct RotationId(AppId App) : IEntityId<IRotation>
{
    private const string Prefix = "rotation/";

    /// <summary>Reads the text of an id; false when it is not one.</summary>
    public static bool TryParse(string? text, out RotationId id)
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
