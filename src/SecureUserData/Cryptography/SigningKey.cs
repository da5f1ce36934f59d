using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SecureUserData.Cryptography;

/// <summary>The installation's key for certificates: ECDSA on P-256, its private number derived from a secret key.
/// </summary>
internal sealed class SigningKey : IDisposable
{
    private const string Label = "certificate";

    private readonly SecretKey _number;

    /// <summary>Derives candidates until one is a private key (FIPS 186-5 §A.2.2); all but one in 2³² are at
    /// once.</summary>
    internal SigningKey(SecretKey secret)
    {
        for (var attempt = 1; ; attempt++)
        {
            _number = secret.Derive(Label, $"{attempt}");
            if (PrivateScalar.IsValid(_number.Bytes)) return;
            _number.Dispose();
        }
    }

    /// <summary>The public key, for whoever verifies (PEM, SubjectPublicKeyInfo).</summary>
    internal string PublicKeyPem()
    {
        using var key = Open();
        return key.ExportSubjectPublicKeyInfoPem() + "\n";
    }

    /// <summary>Signs claims as a JSON Web Signature in compact form (RFC 7515 §3.1, ES256 of RFC 7518 §3.4).</summary>
    internal string Sign<T>(StatementKind kind, T claims, JsonTypeInfo<T> format)
    {
        using var key = Open();
        var header = new StatementHeader(SignedStatement.Algorithm, kind.Type, SignedStatement.KeyId(key));
        var text = Encode(JsonSerializer.SerializeToUtf8Bytes(header, StatementJson.Default.StatementHeader))
            + "." + Encode(JsonSerializer.SerializeToUtf8Bytes(claims, format));
        return $"{text}.{Encode(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
    }

    private ECDsa Open()
    {
        var number = _number.Bytes.ToArray();
        try
        {
            return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = number });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(number);
        }
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    public void Dispose() => _number.Dispose();
}
