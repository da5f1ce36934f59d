namespace SecureUserData.Vault;

/// <summary>Names a vault: <c>vault/app_…</c>. A vault is kept under the keys of an application of its own.</summary>
/// <param name="App">That application.</param>
public readonly record struct VaultId(AppId App) : IEntityId<IVault>
{
    private const string Prefix = "vault/";

    /// <summary>Reads the text of an id.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is not one.</exception>
    public static VaultId Parse(string? text) => TryParse(text, out var id)
        ? id
        : throw SecureUserDataException.Invalid("That is not a vault id: expected 'vault/app_' and 26 characters.");

    /// <summary>Reads the text of an id; false when it is not one.</summary>
    public static bool TryParse(string? text, out VaultId id)
    {
        var app = default(AppId);
        var ok = text?.StartsWith(Prefix, StringComparison.Ordinal) == true
            && AppId.TryParse(text[Prefix.Length..], out app);
        id = new(app);
        return ok;
    }

    /// <inheritdoc/>
    public override string ToString() => Prefix + App;
}

/// <summary>Names a user of a vault: <c>vusr_</c> and a UUIDv7 in base32.</summary>
public readonly record struct VaultUserId
{
    private const string Prefix = "vusr_";
    private readonly UInt128 _value;

    private VaultUserId(UInt128 value) => _value = value;

    /// <summary>A fresh id, later in order than every one this process made before.</summary>
    public static VaultUserId New() => new(Uuid7.Next(TimeProvider.System.GetUtcNow()));

    /// <summary>Reads the text of an id.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is not one.</exception>
    public static VaultUserId Parse(string? text) => new(IdText.Parse(text, Prefix, "a vault user's id"));

    /// <summary>Reads the text of an id; false when it is not one.</summary>
    public static bool TryParse(string? text, out VaultUserId id)
    {
        var ok = IdText.TryParse(text, Prefix, out var value);
        id = new(value);
        return ok;
    }

    /// <inheritdoc/>
    public override string ToString() => IdText.Format(Prefix, _value);
}

/// <summary>Names a group of a vault: <c>vgrp_</c> and a UUIDv7 in base32.</summary>
public readonly record struct VaultGroupId
{
    private const string Prefix = "vgrp_";
    private readonly UInt128 _value;

    private VaultGroupId(UInt128 value) => _value = value;

    /// <summary>A fresh id, later in order than every one this process made before.</summary>
    public static VaultGroupId New() => new(Uuid7.Next(TimeProvider.System.GetUtcNow()));

    /// <summary>Reads the text of an id.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is not one.</exception>
    public static VaultGroupId Parse(string? text) => new(IdText.Parse(text, Prefix, "a group's id"));

    /// <summary>Reads the text of an id; false when it is not one.</summary>
    public static bool TryParse(string? text, out VaultGroupId id)
    {
        var ok = IdText.TryParse(text, Prefix, out var value);
        id = new(value);
        return ok;
    }

    /// <inheritdoc/>
    public override string ToString() => IdText.Format(Prefix, _value);
}
