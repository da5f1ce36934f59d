namespace SecureUserData;

/// <summary>Names one record of a user's collection: <c>rec_</c> and a UUIDv7 in base32.</summary>
public readonly record struct RecordId
{
    private const string Prefix = "rec_";
    private readonly UInt128 _value;

    private RecordId(UInt128 value) => _value = value;

    /// <summary>A fresh id, later in order than every one this process made before.</summary>
    public static RecordId New() => new(Uuid7.Next(TimeProvider.System.GetUtcNow()));

    /// <summary>The id that always comes out for the same number, key and bytes, in the layout of a UUIDv7: for records
    /// that come from a file or another system, so that adding them again adds nothing. The number takes the place of
    /// the time, so that ids are in its order; the rest is of HMAC-SHA-256 over the bytes.</summary>
    /// <param name="number">Where the record stands in its source, 0 to 2⁴⁸ − 1.</param>
    /// <param name="key">A secret of the caller. Ids are stored in the open and outlive an erasure in the access log:
    /// without a secret, whoever guesses the content could see the guess confirmed.</param>
    /// <param name="source">What tells the record from all others with this number, such as its content.</param>
    public static RecordId Derive(long number, ReadOnlySpan<byte> key, ReadOnlySpan<byte> source)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, 1L << 48);
        if (key.IsEmpty) throw SecureUserDataException.Invalid("The key is empty: pass a secret.");
        return new(Uuid7.Derive(number, key, source));
    }

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

    /// <summary>When the id was made, in milliseconds since 1970-01-01 UTC, as far as it tells.</summary>
    internal long Milliseconds => Uuid7.Milliseconds(_value);

    /// <inheritdoc/>
    public override string ToString() => IdText.Format(Prefix, _value);
}
