using System.Security.Cryptography;

namespace SecureUserData.Vault;

/// <summary>Hybrid public key encryption (RFC 9180), mode base, one message a key:
/// DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.</summary>
/// <remarks>Everybody can seal for a recipient: who did is for a signature to say.</remarks>
public static class Hpke
{
    /// <summary>How much longer a seal is than its plaintext, in bytes.</summary>
    public const int Overhead = P256Point.Length + HpkeContext.TagLength;

    /// <summary>Seals as <see cref="Seal(SealingPublicKey, ReadOnlySpan{byte}, ReadOnlySpan{byte},
    /// ReadOnlySpan{byte})"/> does, for a recipient who is sealed for once.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is no public key on
    /// P-256.</exception>
    public static byte[] Seal(
        ReadOnlySpan<byte> recipientPublicKey65,
        ReadOnlySpan<byte> info,
        ReadOnlySpan<byte> aad,
        ReadOnlySpan<byte> plaintext)
    {
        using var recipient = SealingPublicKey.From(recipientPublicKey65);
        return Seal(recipient, info, aad, plaintext);
    }

    /// <summary>Seals as <c>{ enc(65) || ciphertext || tag(16) }</c>, <c>enc</c> the public half of a key that is used
    /// for this seal only, so that the nonce need not be random.</summary>
    /// <param name="recipient">Whoever has its private key opens it.</param>
    /// <param name="info">What the key is bound to.</param>
    /// <param name="aad">What the ciphertext is bound to.</param>
    /// <param name="plaintext">May be empty.</param>
    public static byte[] Seal(
        SealingPublicKey recipient, ReadOnlySpan<byte> info, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext)
    {
        using var ephemeral = SealingKey.Generate();
        var result = new byte[Overhead + plaintext.Length];
        ephemeral.PublicKey.CopyTo(result);
        using var context = HpkeKem.Send(recipient, ephemeral, info);
        context.Seal(sequence: 0, aad, plaintext, result.AsSpan(P256Point.Length));
        return result;
    }

    /// <summary>Opens a seal; the plaintext is the caller's to zero.</summary>
    /// <param name="key">The recipient's.</param>
    /// <param name="info">The same as when it was sealed.</param>
    /// <param name="aad">The same as when it was sealed.</param>
    /// <param name="seal">May come from anybody.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/>: whatever is wrong, one
    /// message.</exception>
    public static byte[] Open(
        SealingKey key, ReadOnlySpan<byte> info, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> seal)
    {
        if (seal.Length < Overhead) throw Failed();
        using var ephemeral = SealingPublicKey.TryFrom(seal[..P256Point.Length]) ?? throw Failed();
        var plaintext = new byte[seal.Length - Overhead];
        try
        {
            using var context = HpkeKem.Receive(key, ephemeral, info);
            context.Open(sequence: 0, aad, seal[P256Point.Length..], plaintext);
            return plaintext;
        }
        catch (CryptographicException)
        {
            throw Failed();
        }
    }

    // The cause is not told, so that nobody learns from it.
    internal static SecureUserDataException Failed() => new(
        ErrorCode.Tampered,
        "This seal does not open: it was changed, or sealed for another key or another place. Nothing was released.");
}
