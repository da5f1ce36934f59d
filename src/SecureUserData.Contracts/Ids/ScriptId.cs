namespace SecureUserData;

/// <summary>Names a data-processing script: <c>scr_</c> and a UUIDv7 in base32.</summary>
public readonly record struct ScriptId : IEntityId<IScript>
{
    private const string Prefix = "scr_";
    private readonly UInt128 _value;

    private ScriptId(UInt128 value) => _value = value;

    /// <summary>A fresh id, later in order than every one this process made before.</summary>
    public static ScriptId New() => new(Uuid7.Next(TimeProvider.System.GetUtcNow()));

    /// <summary>Reads the text of an id.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is not one.</exception>
    public static ScriptId Parse(string? text) => new(IdText.Parse(text, Prefix, "a script id"));

    /// <summary>Reads the text of an id; false when it is not one.</summary>
    public static bool TryParse(string? text, out ScriptId id)
    {
        var ok = IdText.TryParse(text, Prefix, out var value);
        id = new(value);
        return ok;
    }

    /// <inheritdoc/>
    public override string ToString() => IdText.Format(Prefix, _value);
}
