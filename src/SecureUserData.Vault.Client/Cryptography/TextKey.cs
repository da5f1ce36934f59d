using System.Security.Cryptography;
using System.Text;

namespace SecureUserData.Vault;

/// <summary>The key of one version of a secret or of notes: 32 random bytes, which are sealed to groups. What encrypts,
/// what shows that somebody has read that version, and what tells whether it is the one that was signed, is derived
/// from it (HKDF-SHA256, RFC 5869).</summary>
internal sealed class TextKey : IDisposable
{
    internal const int Length = 32;

    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly byte[] _bytes;

    private TextKey(byte[] bytes) => _bytes = bytes;

    internal ReadOnlySpan<byte> Bytes => _bytes;

    internal static TextKey Generate() => new(RandomNumberGenerator.GetBytes(Length));

    /// <summary>Takes the bytes over, and zeroes them in the end.</summary>
    internal static TextKey From(byte[] bytes) => bytes.Length == Length
        ? new TextKey(bytes)
        : throw SecureUserDataException.Tampered("a seal of a vault");

    /// <summary>What tells whether a key is this one, without telling the key.</summary>
    internal byte[] Commitment()
    {
        var commitment = new byte[Length];
        Derive("commitment", commitment);
        return commitment;
    }

    /// <summary>Signs for who has read it. One number in 2^32 is no private key; the next one is taken then.</summary>
    internal SigningKey AccessKey()
    {
        Span<byte> scalar = stackalloc byte[PrivateScalar.Length];
        try
        {
            for (byte attempt = 0;; attempt++)
            {
                Derive("access key", scalar, attempt);
                if (PrivateScalar.IsValid(scalar)) return SigningKey.From(scalar);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }

    /// <summary>AES-256-GCM, <c>{ nonce(12) || ciphertext || tag(16) }</c>.</summary>
    internal byte[] Encrypt(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> binding)
    {
        Span<byte> key = stackalloc byte[Length];
        Derive("content", key);
        try
        {
            using var gcm = new AesGcm(key, TagLength);
            var result = new byte[NonceLength + plaintext.Length + TagLength];
            var nonce = result.AsSpan(0, NonceLength);
            RandomNumberGenerator.Fill(nonce);
            gcm.Encrypt(
                nonce, plaintext, result.AsSpan(NonceLength, plaintext.Length),
                result.AsSpan(NonceLength + plaintext.Length), binding);
            return result;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>The plaintext, for the caller to zero.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/>.</exception>
    internal byte[] Decrypt(ReadOnlySpan<byte> sealedText, ReadOnlySpan<byte> binding)
    {
        if (sealedText.Length < NonceLength + TagLength) throw SecureUserDataException.Tampered("a text of a vault");
        Span<byte> key = stackalloc byte[Length];
        Derive("content", key);
        try
        {
            using var gcm = new AesGcm(key, TagLength);
            var plaintext = new byte[sealedText.Length - NonceLength - TagLength];
            gcm.Decrypt(
                sealedText[..NonceLength], sealedText[NonceLength..^TagLength], sealedText[^TagLength..],
                plaintext, binding);
            return plaintext;
        }
        catch (CryptographicException)
        {
            throw SecureUserDataException.Tampered("a text of a vault");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private void Derive(string label, Span<byte> output, byte attempt = 0) => HKDF.Expand(
        HashAlgorithmName.SHA256, _bytes, output,
        [.. Encoding.ASCII.GetBytes($"SecureUserData vault text key v1: {label}"), attempt]);

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);
}
