using System.Globalization;
using System.Security.Cryptography;

namespace SecureUserData;

/// <summary>Names a part of one application's look-ups: <c>app_…/lookups/{ two digits }</c>.</summary>
/// <param name="App">The application.</param>
/// <param name="Part">Its number, 0 to <see cref="Parts"/> - 1.</param>
/// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when there is no such part.</exception>
public readonly record struct LookUpsId(AppId App, int Part) : IEntityId<ILookUps>
{
    /// <summary>How many parts an application's look-ups have: so many can be under way at a time. Log chains carry the
    /// numbers, so that it can grow and never shrink.</summary>
    public const int Parts = 64;

    private const string Infix = "lookups";

    /// <summary>Its number.</summary>
    public int Part { get; } = Part is >= 0 and < Parts
        ? Part
        : throw SecureUserDataException.Invalid($"An application has {Parts} parts of look-ups, from 0 on.");

    /// <summary>Any part of an application's look-ups. It is taken at random and not by what is looked up: the number
    /// stands in the access log in plain text, and would tell something of the value.</summary>
    public static LookUpsId AnyOf(AppId app) => new(app, RandomNumberGenerator.GetInt32(Parts));

    /// <summary>Reads the text of an id; false when it is not one.</summary>
    public static bool TryParse(string? text, out LookUpsId id)
    {
        id = default;
        if (text?.Split('/') is not [var left, Infix, { Length: 2 } right]
            || !AppId.TryParse(left, out var app)
            || !int.TryParse(right, NumberStyles.None, CultureInfo.InvariantCulture, out var part)
            || part >= Parts)
            return false;
        id = new(app, part);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{App}/{Infix}/{Part:D2}");
}
