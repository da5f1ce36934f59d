using System.Security.Cryptography;
using System.Text;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault;

/// <summary>What an invited user is given, on a way that the server cannot read: the one-time secret that makes the
/// user's keys believed, and the fingerprint that the user's trust begins with. Its text is
/// <c>sud_vault_{ app }_{ user }_{ secret }_{ root || nothing }_{ check }</c>.</summary>
public sealed class VaultInvitation
{
    private const string Prefix = "sud_vault_";
    private const int CheckLength = 4;

    private VaultInvitation(VaultId vault, VaultUserId user, byte[] secret, byte[]? root) =>
        (Vault, User, Secret, Root) = (vault, user, secret, root);

    /// <summary>The vault.</summary>
    public VaultId Vault { get; }

    /// <summary>The invited user.</summary>
    public VaultUserId User { get; }

    /// <summary>The fingerprint of the first administrator; null for that one.</summary>
    public byte[]? Root { get; }

    internal byte[] Secret { get; }

    internal static VaultInvitation Make(VaultId vault, VaultUserId user, SigningKey secret, byte[]? root)
    {
        var scalar = new byte[PrivateScalar.Length];
        secret.ExportScalar(scalar);
        return new VaultInvitation(vault, user, scalar, root);
    }

    /// <summary>Reads an invitation.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is none, or mistyped.
    /// </exception>
    public static VaultInvitation Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Trim().Split('_');
        if (parts is ["sud", "vault", var app, var user, var secret, var root, var check]
            && Check(text.Trim()[..^check.Length]) == check
            && AppId.TryParse($"app_{app}", out var id) && VaultUserId.TryParse($"vusr_{user}", out var invited)
            && Base32.TryDecode(secret, PrivateScalar.Length) is { } bytes && PrivateScalar.IsValid(bytes)
            && (root.Length == 0 || Base32.TryDecode(root, FieldReader.HashLength) is not null))
            return new VaultInvitation(
                new VaultId(id),
                invited,
                bytes,
                root.Length == 0 ? null : Base32.TryDecode(root, FieldReader.HashLength));
        throw SecureUserDataException.Invalid(
            $"That is not an invitation to a vault, or it is mistyped: it reads {Prefix}… and is copied as a whole.");
    }

    /// <summary>The text that is given to the user. It holds the one-time secret.</summary>
    public string Reveal()
    {
        var text = $"{Prefix}{$"{Vault.App}"[4..]}_{$"{User}"[5..]}_{Base32.Encode(Secret)}_"
            + $"{(Root is null ? "" : Base32.Encode(Root))}_";
        return text + Check(text);
    }

    /// <inheritdoc/>
    public override string ToString() => "(invitation, hidden)";

    private static string Check(string text) =>
        Base32.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(text)))[..CheckLength];
}
