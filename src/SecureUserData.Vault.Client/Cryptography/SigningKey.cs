using System.Security.Cryptography;

namespace SecureUserData.Vault;

/// <summary>A user's private key for signatures: ECDSA on P-256 with SHA-256 (FIPS 186-5). Signing waits for
/// its turn: a sign-in that is renewed may come between.</summary>
public sealed class SigningKey : IDisposable
{
    private readonly ECDsa _key;
    private readonly byte[] _publicKey;

    /// <summary>Takes the key over.</summary>
    internal SigningKey(ECDsa key)
    {
        _key = key;
        _publicKey = P256Point.Export(key);
    }

    /// <summary>A fresh random key.</summary>
    public static SigningKey Generate() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>A key from its 32 bytes, big-endian; the caller zeroes its own copy.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is no number in 1 … n −
    /// 1.</exception>
    public static SigningKey From(ReadOnlySpan<byte> scalar)
    {
        if (!PrivateScalar.IsValid(scalar))
            throw SecureUserDataException.Invalid(
                $"That is not a private key on P-256: pass the {PrivateScalar.Length} bytes that were exported.");
        var key = ECDsa.Create();
        try
        {
            PrivateScalar.Import(key, scalar);
            return new SigningKey(key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Writes the private key in the clear, 32 bytes, for the caller to zero.</summary>
    public void ExportScalar(Span<byte> scalar) => PrivateScalar.Export(_key, scalar);

    /// <summary>65 bytes, an uncompressed point, for <see cref="VerifyingKey"/>.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>A signature of <see cref="VerifyingKey.SignatureLength"/> bytes, another one each time.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_key)
            return _key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    internal string ExportPem(ReadOnlySpan<char> passphrase, PbeParameters parameters) =>
        _key.ExportEncryptedPkcs8PrivateKeyPem(passphrase, parameters);

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
