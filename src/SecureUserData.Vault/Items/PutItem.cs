using System.Collections.Immutable;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault.Items;

/// <summary>Begins, changes or ends an item. It is an act of the vault's chain like those of users and groups: so who
/// may change an item is judged by the users and groups there were at that place, and by what the item was.</summary>
/// <param name="Item">The item.</param>
/// <param name="Content">What everybody may see of it; null when that stays.</param>
public sealed record PutItem(VaultItemId Item, ItemContent? Content) : VaultAct
{
    private const int Kinds = 2;

    /// <summary>New versions of the secret and the notes, one of each at the most.</summary>
    public ImmutableArray<NewText> Texts { get; init; } = [];

    /// <summary>Shows that the signer has read what he replaces, or hands on to another group.</summary>
    public ImmutableArray<ReadProof> Proofs { get; init; } = [];

    internal void WriteItem(FieldWriter fields)
    {
        fields.Text($"{Item}").Flag(Content is not null);
        Content?.Write(fields);
        fields.Number(Texts.Length);
        foreach (var text in Texts)
            fields.Number((int)text.Kind).Number(text.Version).Bytes(text.AccessKey).Bytes(text.Commitment)
                .Bytes(text.Digest);
        fields.Number(Proofs.Length);
        foreach (var proof in Proofs) fields.Number((int)proof.Kind).Bytes(proof.Signature);
    }

    internal static PutItem ReadItem(ref FieldReader fields)
    {
        var put = new PutItem(fields.Item(), fields.Flag() ? ItemContent.Read(ref fields) : null);
        var texts = ImmutableArray.CreateBuilder<NewText>();
        for (var count = Count(ref fields); count > 0; count--)
            texts.Add(new NewText(
                Kind(ref fields, texts.Select(text => text.Kind)),
                fields.Number(),
                fields.PublicKey(),
                fields.Bytes(FieldReader.HashLength),
                fields.Bytes(FieldReader.HashLength)));
        var proofs = ImmutableArray.CreateBuilder<ReadProof>();
        for (var count = Count(ref fields); count > 0; count--)
            proofs.Add(new ReadProof(
                Kind(ref fields, proofs.Select(proof => proof.Kind)), fields.Bytes(VerifyingKey.SignatureLength)));
        return put with { Texts = texts.ToImmutable(), Proofs = proofs.ToImmutable() };
    }

    private static VaultTextKind Kind(ref FieldReader fields, IEnumerable<VaultTextKind> before) =>
        (VaultTextKind)fields.Small() is var kind && Enum.IsDefined(kind) && !before.Contains(kind)
            ? kind
            : throw FieldReader.Malformed();

    private static long Count(ref FieldReader fields) =>
        fields.Number() is var count and >= 0 and <= Kinds ? count : throw FieldReader.Malformed();
}

/// <summary>A new version of a secret or of notes, whose ciphertext is kept elsewhere.</summary>
/// <param name="Kind">Which of the two.</param>
/// <param name="Version">Its number, from 1.</param>
/// <param name="AccessKey">Verifies that somebody has read this version: its private half is derived from the key that
/// the text is encrypted under.</param>
/// <param name="Commitment">Tells whether a key is the one that the text is encrypted under; derived from it, too.
/// </param>
/// <param name="Digest">SHA-256 of the ciphertext.</param>
public sealed record NewText(VaultTextKind Kind, long Version, byte[] AccessKey, byte[] Commitment, byte[] Digest)
{
    /// <summary>What the ciphertext, AES-256-GCM <c>{ nonce(12) || ciphertext || tag(16) }</c>, is bound to.</summary>
    public static byte[] Binding(VaultId vault, VaultItemId item, VaultTextKind kind, long version) =>
        new FieldWriter().Text("SecureUserData vault ciphertext v1").Text($"{vault}").Text($"{item}")
            .Number((int)kind).Number(version).ToArray();
}

/// <summary>A signature by the access key of the newest version of a text.</summary>
/// <param name="Kind">Of which text.</param>
/// <param name="Signature">Over <see cref="Text"/>.</param>
public sealed record ReadProof(VaultTextKind Kind, byte[] Signature)
{
    private const string Context = "SecureUserData vault proof v1";

    /// <summary>The bytes that are signed: <c>context, vault, head before the act, item, kind, signer</c>. At another
    /// place of the chain, for something else or by somebody else it proves nothing.</summary>
    public static byte[] Text(
        VaultId vault, VaultHead after, VaultItemId item, VaultTextKind kind, VaultUserId signer) =>
        new FieldWriter().Text(Context).Text($"{vault}").Head(after).Text($"{item}").Number((int)kind)
            .Text($"{signer}").ToArray();
}
