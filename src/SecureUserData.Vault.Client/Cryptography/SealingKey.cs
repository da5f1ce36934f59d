using System.Security.Cryptography;

namespace SecureUserData.Vault;

/// <summary>A user's private key that opens what was sealed for them: ECDH on P-256. One thread at a time.</summary>
public sealed class SealingKey : IDisposable
{
    /// <summary>The length of a private scalar in bytes.</summary>
    public const int ScalarLength = PrivateScalar.Length;

    /// <summary>The length of a public key in bytes.</summary>
    public const int PublicKeyLength = P256Point.Length;

    private readonly ECDiffieHellman _key;
    private readonly byte[] _publicKey;

    /// <summary>Takes the key over.</summary>
    internal SealingKey(ECDiffieHellman key)
    {
        _key = key;
        _publicKey = P256Point.Export(key);
    }

    /// <summary>A fresh random key.</summary>
    public static SealingKey Generate() => new(ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>A key from its 32 bytes, big-endian; the caller zeroes its own copy.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is no number in 1 … n −
    /// 1.</exception>
    public static SealingKey From(ReadOnlySpan<byte> scalar)
    {
        if (!PrivateScalar.IsValid(scalar))
            throw SecureUserDataException.Invalid(
                $"That is not a private key on P-256: pass the {ScalarLength} bytes that were exported.");
        var key = ECDiffieHellman.Create();
        try
        {
            PrivateScalar.Import(key, scalar);
            return new SealingKey(key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>65 bytes, an uncompressed point; for everybody to know.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>Writes the private key in the clear, 32 bytes, for the caller to zero.</summary>
    public void ExportScalar(Span<byte> scalar)
    {
        if (scalar.Length != ScalarLength)
            throw new ArgumentException($"A private scalar has {ScalarLength} bytes.", nameof(scalar));
        PrivateScalar.Export(_key, scalar);
    }

    /// <summary>The x coordinate of the point that both sides come to (SP 800-56A §5.7.1.2), for the caller to zero.
    /// It is never infinity: the curve has prime order, and the other's point was checked on import.</summary>
    internal byte[] Agree(SealingPublicKey other) => _key.DeriveRawSecretAgreement(other.Point);

    internal string ExportPem(ReadOnlySpan<char> passphrase, PbeParameters parameters) =>
        _key.ExportEncryptedPkcs8PrivateKeyPem(passphrase, parameters);

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
