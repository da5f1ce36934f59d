using System.Security.Cryptography;

namespace SecureUserData.Vault.Ledger;

/// <summary>An act in its place in a vault's chain. Its body is <c>context, vault, sequence, previous, at, signer,
/// kind, …</c>; the chain's value after it is <c>SHA-256(previous || SHA-256(body))</c>.</summary>
/// <param name="Vault">The vault.</param>
/// <param name="After">What it follows.</param>
/// <param name="At">When it was signed, by the signer's clock.</param>
/// <param name="Signer">Who signs it.</param>
/// <param name="Act">What is changed.</param>
public sealed record SignedAct(
    VaultId Vault, VaultHead After, DateTimeOffset At, VaultUserId Signer, VaultAct Act)
{
    private const string Context = "SecureUserData vault act v1";

    /// <summary>The bytes that are signed.</summary>
    public byte[] ToBody()
    {
        var fields = new FieldWriter().Text(Context).Text($"{Vault}").Head(After).Time(At).Text($"{Signer}");
        Act.Write(fields);
        return fields.ToArray();
    }

    /// <summary>Reads a body.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is none.</exception>
    public static SignedAct Read(ReadOnlySpan<byte> body)
    {
        var fields = new FieldReader(body);
        fields.Context(Context);
        var act = new SignedAct(fields.Vault(), fields.Head(), fields.Time(), fields.User(), VaultAct.Read(ref fields));
        fields.End();
        return act;
    }

    /// <summary>The chain's value after a body.</summary>
    public static VaultHead Next(VaultHead after, ReadOnlySpan<byte> body)
    {
        Span<byte> both = stackalloc byte[2 * FieldReader.HashLength];
        after.Hash.CopyTo(both);
        SHA256.HashData(body, both[FieldReader.HashLength..]);
        return new VaultHead(after.Sequence + 1, SHA256.HashData(both));
    }
}

/// <summary>What an invited user signs with the one-time secret.</summary>
public static class Invitation
{
    private const string Context = "SecureUserData vault invitation v1";

    /// <summary>The bytes that are signed: <c>context, vault, user, sealing key, signing key</c>.</summary>
    public static byte[] Text(VaultId vault, VaultUserId user, VaultKeys keys) => new FieldWriter()
        .Text(Context).Text($"{vault}").Text($"{user}").Bytes(keys.Sealing).Bytes(keys.Signing).ToArray();
}

/// <summary>Groups' names, which acts hold as hashes only, so that they can be kept from those who may not know
/// them.</summary>
public static class GroupNames
{
    private const string Context = "SecureUserData vault group name v1";
    private const int SaltLength = 16;

    /// <summary>A name with a salt of its own, without which the hash would tell who guesses the name.</summary>
    public static VaultGroupName Of(VaultGroupId group, string name) =>
        new(group, RandomNumberGenerator.GetBytes(SaltLength), name);

    /// <summary>What acts hold: SHA-256 of <c>context, group, salt, name</c>.</summary>
    public static byte[] Hash(VaultGroupName name) => SHA256.HashData(
        new FieldWriter().Text(Context).Text($"{name.Group}").Bytes(name.Salt).Text(name.Name).ToArray());

    /// <summary>Whether it is the name that an act means.</summary>
    public static bool Is(VaultGroupName name, byte[] hash) =>
        name.Salt.Length == SaltLength && Hash(name).AsSpan().SequenceEqual(hash);
}
