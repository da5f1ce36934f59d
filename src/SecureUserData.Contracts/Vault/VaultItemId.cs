namespace SecureUserData.Vault;

/// <summary>The kinds of items.</summary>
public enum VaultItemKind
{
    /// <summary>Whom machines and services are kept for.</summary>
    Customer = 1,

    /// <summary>A machine of a customer.</summary>
    Machine = 2,

    /// <summary>A service, with its secret.</summary>
    Service = 3,
}

/// <summary>Names a customer, a machine or a service: <c>vcus_</c>, <c>vmch_</c> or <c>vsvc_</c> and a UUIDv7 in
/// base32.</summary>
public readonly record struct VaultItemId : IEntityId<IVaultItem>
{
    private readonly UInt128 _value;

    private VaultItemId(VaultItemKind kind, UInt128 value) => (Kind, _value) = (kind, value);

    /// <summary>What it is.</summary>
    public VaultItemKind Kind { get; }

    /// <summary>A fresh id, later in order than every one this process made before.</summary>
    public static VaultItemId New(VaultItemKind kind) => new(kind, Uuid7.Next(TimeProvider.System.GetUtcNow()));

    /// <summary>Reads the text of an id.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is not one.</exception>
    public static VaultItemId Parse(string? text) => TryParse(text, out var id)
        ? id
        : throw SecureUserDataException.Invalid(
            "That is not the id of a customer, machine or service: expected 'vcus_', 'vmch_' or 'vsvc_' and "
            + $"{IdText.DigitCount} letters and digits.");

    /// <summary>Reads the text of an id; false when it is not one.</summary>
    public static bool TryParse(string? text, out VaultItemId id)
    {
        foreach (var kind in Enum.GetValues<VaultItemKind>())
            if (IdText.TryParse(text, Prefix(kind), out var value))
            {
                id = new(kind, value);
                return true;
            }
        id = default;
        return false;
    }

    /// <inheritdoc/>
    public override string ToString() => IdText.Format(Prefix(Kind), _value);

    private static string Prefix(VaultItemKind kind) => kind switch
    {
        VaultItemKind.Customer => "vcus_",
        VaultItemKind.Machine => "vmch_",
        VaultItemKind.Service => "vsvc_",
    };
}
