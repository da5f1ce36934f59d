using System.Security.Cryptography;

namespace SecureUserData.Vault;

/// <summary>DHKEM(P-256, HKDF-SHA256) of RFC 9180 §4.1: a secret that only the recipient and the holder of an ephemeral
/// key come to.</summary>
internal static class HpkeKem
{
    /// <summary>RFC 9180 §7.1.</summary>
    internal const ushort Id = 0x0010;

    /// <summary>The length of the shared secret in bytes.</summary>
    internal const int SecretLength = 32;

    private static readonly LabeledHkdf Hkdf = new([(byte)'K', (byte)'E', (byte)'M', Id >> 8, Id & 0xff]);

    /// <summary>The key pair of some input keying material (§7.1.3).</summary>
    internal static SealingKey DeriveKeyPair(ReadOnlySpan<byte> material)
    {
        Span<byte> key = stackalloc byte[LabeledHkdf.Length];
        Span<byte> candidate = stackalloc byte[PrivateScalar.Length];
        try
        {
            Hkdf.Extract([], "dkp_prk", material, key);
            for (byte counter = 0; ; counter = checked((byte)(counter + 1)))
            {
                Hkdf.Expand(key, "candidate", [counter], candidate);
                if (PrivateScalar.IsValid(candidate)) return SealingKey.From(candidate);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(candidate);
        }
    }

    /// <summary>The sender's side; the ephemeral key's public half goes to the recipient. An ephemeral key is used
    /// once: only tests give one.</summary>
    internal static void Encapsulate(SealingPublicKey recipient, SealingKey ephemeral, Span<byte> secret) =>
        Agree(ephemeral, recipient, ephemeral.PublicKey, recipient.Bytes, secret);

    /// <summary>The recipient's side.</summary>
    internal static void Decapsulate(SealingKey recipient, SealingPublicKey ephemeral, Span<byte> secret) =>
        Agree(recipient, ephemeral, ephemeral.Bytes, recipient.PublicKey, secret);

    /// <summary>The sender's context of the vault's suite.</summary>
    internal static HpkeContext Send(SealingPublicKey recipient, SealingKey ephemeral, ReadOnlySpan<byte> info)
    {
        Span<byte> secret = stackalloc byte[SecretLength];
        try
        {
            Encapsulate(recipient, ephemeral, secret);
            return new HpkeContext(HpkeSuite.Aes256Gcm, secret, info);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>The recipient's context of the vault's suite.</summary>
    internal static HpkeContext Receive(SealingKey recipient, SealingPublicKey ephemeral, ReadOnlySpan<byte> info)
    {
        Span<byte> secret = stackalloc byte[SecretLength];
        try
        {
            Decapsulate(recipient, ephemeral, secret);
            return new HpkeContext(HpkeSuite.Aes256Gcm, secret, info);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static void Agree(
        SealingKey own,
        SealingPublicKey other,
        ReadOnlySpan<byte> ephemeral,
        ReadOnlySpan<byte> recipient,
        Span<byte> secret)
    {
        Span<byte> context = stackalloc byte[2 * P256Point.Length];
        ephemeral.CopyTo(context);
        recipient.CopyTo(context[P256Point.Length..]);
        Span<byte> key = stackalloc byte[LabeledHkdf.Length];
        var agreed = own.Agree(other);
        try
        {
            Hkdf.Extract([], "eae_prk", agreed, key);
            Hkdf.Expand(key, "shared_secret", context, secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(agreed);
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
