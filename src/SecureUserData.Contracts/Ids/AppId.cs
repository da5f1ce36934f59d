namespace SecureUserData;

/// <summary>Names an application (<c>AppId</c>, because <see cref="System.ApplicationId"/> exists): <c>app_</c> and a
/// UUIDv7 in base32.</summary>
public readonly record struct AppId : IEntityId<IApplication>
{
    private const string Prefix = "app_";
    private readonly UInt128 _value;

    private AppId(UInt128 value) => _value = value;

    /// <summary>A fresh id, later in order than every one this process made before.</summary>
    public static AppId New() => new(Uuid7.Next(TimeProvider.System.GetUtcNow()));

    /// <summary>Reads the text of an id.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is not one.</exception>
    public static AppId Parse(string? text) => new(IdText.Parse(text, Prefix, "an application id"));

    /// <summary>Reads the text of an id; false when it is not one.</summary>
    public static bool TryParse(string? text, out AppId id)
    {
        var ok = IdText.TryParse(text, Prefix, out var value);
        id = new(value);
        return ok;
    }

    /// <inheritdoc/>
    public override string ToString() => IdText.Format(Prefix, _value);
}
