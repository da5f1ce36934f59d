using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault.Items;

/// <summary>What a sealed key opens.</summary>
public enum SealPurpose
{
    /// <summary>A version of a service's secret.</summary>
    Secret = VaultTextKind.Secret,

    /// <summary>A version of an item's notes.</summary>
    Notes = VaultTextKind.Notes,

    /// <summary>What is sealed to a group: it is the group's private key, for a member.</summary>
    GroupKey = 3,
}

/// <summary>A key that is sealed to somebody, as its signer signs it: <c>context, vault, purpose, group, group key
/// version, subject, version, recipient, known, at, signer, seal</c>.</summary>
/// <param name="Vault">The vault.</param>
/// <param name="Purpose">What the key is.</param>
/// <param name="Group">The group that reads it, or whose key it is.</param>
/// <param name="KeyVersion">The version of the group's key: the one that it is sealed to, or that it is.</param>
/// <param name="Subject">The item; the member, for a group's key.</param>
/// <param name="Version">The version of the secret or the notes; 0 for a group's key.</param>
/// <param name="Known">The newest act that the signer knows of.</param>
/// <param name="At">When it was signed, by the signer's clock.</param>
/// <param name="Signer">Who signs it.</param>
/// <param name="Bytes">HPKE: <c>{ enc(65) || ciphertext || tag(16) }</c> for a group's key, <c>{ enc(65) || number(4)
/// || ciphertext || tag(16) }</c> for a text's.</param>
public sealed record Seal(
    VaultId Vault,
    SealPurpose Purpose,
    VaultGroupId Group,
    int KeyVersion,
    string Subject,
    long Version,
    VaultHead Known,
    DateTimeOffset At,
    VaultUserId Signer,
    byte[] Bytes)
{
    private const string Context = "SecureUserData vault seal v1";
    private const int PublicKeyAndTag = FieldReader.PublicKeyLength + 16;
    private const int KeyLength = 32;
    private const int NumberLength = 4;

    /// <summary>Whether it is as long as a sealed key is; what is longer would only take room.</summary>
    public bool IsWhole => Bytes.Length ==
        PublicKeyAndTag + KeyLength + (Purpose == SealPurpose.GroupKey ? 0 : NumberLength);

    /// <summary>The bytes that are signed.</summary>
    public byte[] ToBody() => new FieldWriter().Text(Context).Text($"{Vault}").Number((int)Purpose).Text($"{Group}")
        .Number(KeyVersion).Text(Subject).Number(Version).Head(Known).Time(At).Text($"{Signer}").Bytes(Bytes).ToArray();

    /// <summary>Reads a body.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is none.</exception>
    public static Seal Read(ReadOnlySpan<byte> body)
    {
        var fields = new FieldReader(body);
        fields.Context(Context);
        var seal = new Seal(
            fields.Vault(),
            (SealPurpose)fields.Small(),
            fields.Group(),
            fields.Small(),
            fields.Text(),
            fields.Number(),
            fields.Head(),
            fields.Time(),
            fields.User(),
            fields.Bytes().ToArray());
        fields.End();
        return Enum.IsDefined(seal.Purpose) ? seal : throw FieldReader.Malformed();
    }

    /// <summary>HPKE's <c>info</c>: suite and version of this use, purpose and vault.</summary>
    public byte[] Info() => new FieldWriter()
        .Text("SecureUserData vault HPKE v1: P-256, HKDF-SHA256, AES-256-GCM").Number((int)Purpose).Text($"{Vault}")
        .ToArray();

    /// <summary>HPKE's <c>aad</c>: where the key belongs, and whose it is.</summary>
    /// <param name="recipientKey">The public key that it is sealed to.</param>
    public byte[] Binding(ReadOnlySpan<byte> recipientKey) => new FieldWriter()
        .Text($"{Group}").Number(KeyVersion).Text(Subject).Number(Version)
        .Bytes(System.Security.Cryptography.SHA256.HashData(recipientKey)).ToArray();
}
