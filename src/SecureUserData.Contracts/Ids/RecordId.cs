namespace SecureUserData;

/// <summary>Names one record of a user's collection: <c>rec_</c> and a UUIDv7 in base32.</summary>
public readonly record struct RecordId
{
    private const string Prefix = "rec_";
    private readonly UInt128 _value;

    private RecordId(UInt128 value) => _value = value;

    /// <summary>A fresh id, later in order than every one this process made before.</summary>
    public static RecordId New() => new(Uuid7.Next(TimeProvider.System.GetUtcNow()));

    /// <summary>Reads the text of an id.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is not one.</exception>
    public static RecordId Parse(string? text) => new(IdText.Parse(text, Prefix, "a record id"));

    /// <summary>Reads the text of an id; false when it is not one.</summary>
    public static bool TryParse(string? text, out RecordId id)
    {
        var ok = IdText.TryParse(text, Prefix, out var value);
        id = new(value);
        return ok;
    }

    /// <inheritdoc/>
    public override string ToString() => IdText.Format(Prefix, _value);
}
