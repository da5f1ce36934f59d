using System.Formats.Asn1;
using System.Security.Cryptography;

namespace SecureUserData.Vault;

/// <summary>A private key as PKCS#8 says (RFC 5958 §3), encrypted with PBES2, PBKDF2-HMAC-SHA256 and AES-256-CBC
/// (RFC 8018).</summary>
internal static class EncryptedKey
{
    /// <summary>With fewer rounds a passphrase is found too fast: somebody put that file there.</summary>
    internal const int MinIterations = 100_000;

    /// <summary>With more rounds opening takes too long: a file must not keep a process busy for hours.</summary>
    internal const int MaxIterations = 10_000_000;

    private const string Pbes2 = "1.2.840.113549.1.5.13";
    private const string Pbkdf2 = "1.2.840.113549.1.5.12";
    private const string HmacSha256 = "1.2.840.113549.2.9";
    private const string Aes256Cbc = "2.16.840.1.101.3.4.1.42";
    private const string P256 = "1.2.840.10045.3.1.7";

    /// <summary>Whether it is encrypted in this way, with as many rounds as may be. It is asked before a passphrase is
    /// used.</summary>
    internal static bool IsSupported(ReadOnlyMemory<byte> der)
    {
        try
        {
            var all = new AsnReader(der, AsnEncodingRules.DER);
            var info = all.ReadSequence();
            all.ThrowIfNotEmpty();
            var algorithm = info.ReadSequence();
            info.ReadOctetString();
            info.ThrowIfNotEmpty();
            if (algorithm.ReadObjectIdentifier() != Pbes2) return false;
            var parameters = algorithm.ReadSequence();
            return IsSupportedDerivation(parameters.ReadSequence())
                && parameters.ReadSequence().ReadObjectIdentifier() == Aes256Cbc;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    /// <summary>Decrypts into a key; false when that is not possible.</summary>
    internal static bool TryImport(ECAlgorithm key, ReadOnlySpan<char> passphrase, ReadOnlySpan<byte> der)
    {
        try
        {
            key.ImportEncryptedPkcs8PrivateKey(passphrase, der, out _);
            return true;
        }
        catch (CryptographicException) // what decrypts to no key
        {
            return false;
        }
    }

    internal static bool IsP256(ECAlgorithm key)
    {
        var curve = key.ExportParameters(includePrivateParameters: false).Curve;
        return curve.IsNamed && curve.Oid.Value == P256;
    }

    private static bool IsSupportedDerivation(AsnReader derivation)
    {
        if (derivation.ReadObjectIdentifier() != Pbkdf2) return false;
        var parameters = derivation.ReadSequence();
        parameters.ReadOctetString(); // the salt
        if (!parameters.TryReadInt32(out var iterations) || iterations is < MinIterations or > MaxIterations)
            return false;
        if (parameters.PeekTag().HasSameClassAndValue(Asn1Tag.Integer)) parameters.ReadInteger(); // the key's length
        return parameters.ReadSequence().ReadObjectIdentifier() == HmacSha256;
    }
}
