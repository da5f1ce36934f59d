using System.Security.Cryptography;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault.Items;

/// <summary>One version of an item, as its signer signs it. Versions are a chain: each names the hash of the one
/// before. <c>context, vault, item, version, previous, known, at, signer, content</c>.</summary>
/// <param name="Vault">The vault.</param>
/// <param name="Item">The item.</param>
/// <param name="Version">Its number, from 1.</param>
/// <param name="Previous">SHA-256 of the body before it; zeros for the first.</param>
/// <param name="Known">The newest act that the signer knows of.</param>
/// <param name="At">When it was signed, by the signer's clock.</param>
/// <param name="Signer">Who signs it.</param>
/// <param name="Content">What it says.</param>
public sealed record ItemRecord(
    VaultId Vault,
    VaultItemId Item,
    long Version,
    byte[] Previous,
    VaultHead Known,
    DateTimeOffset At,
    VaultUserId Signer,
    ItemContent Content)
{
    private const string Context = "SecureUserData vault item v1";

    /// <summary>What the first version follows.</summary>
    public static byte[] None => new byte[FieldReader.HashLength];

    /// <summary>The bytes that are signed.</summary>
    public byte[] ToBody()
    {
        var fields = new FieldWriter().Text(Context).Text($"{Vault}").Text($"{Item}").Number(Version).Bytes(Previous)
            .Head(Known).Time(At).Text($"{Signer}");
        Content.Write(fields);
        return fields.ToArray();
    }

    /// <summary>Reads a body.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is none.</exception>
    public static ItemRecord Read(ReadOnlySpan<byte> body)
    {
        var fields = new FieldReader(body);
        fields.Context(Context);
        var record = new ItemRecord(
            fields.Vault(),
            fields.Item(),
            fields.Number(),
            fields.Bytes(FieldReader.HashLength),
            fields.Head(),
            fields.Time(),
            fields.User(),
            ItemContent.Read(ref fields));
        fields.End();
        return record;
    }

    /// <summary>What the next version names.</summary>
    public static byte[] HashOf(ReadOnlySpan<byte> body) => SHA256.HashData(body);
}
