using System.Security.Cryptography;

namespace SecureUserData.Vault;

/// <summary>A user's public key for signatures: ECDSA on P-256 with SHA-256 (FIPS 186-5). It is imported once and
/// verifies many times, in one thread at a time.</summary>
public sealed class VerifyingKey : IDisposable
{
    /// <summary>A signature's length in bytes, <c>{ r(32) || s(32) }</c> (IEEE P1363). Whoever has one can make a
    /// second one for the same data without the key, so that a signature is no name for what it signs.</summary>
    public const int SignatureLength = 64;

    private readonly ECDsa _key;

    private VerifyingKey(ECDsa key) => _key = key;

    /// <summary>Imports 65 bytes, an uncompressed point.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is no point on
    /// P-256.</exception>
    public static VerifyingKey From(ReadOnlySpan<byte> publicKey)
    {
        var key = ECDsa.Create();
        if (P256Point.TryImport(key, publicKey)) return new VerifyingKey(key);
        key.Dispose();
        throw P256Point.Malformed();
    }

    /// <summary>Whether the holder of the private key signed this; false for whatever is no signature, too.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureLength && _key.VerifyData(
            data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
