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
            if (IsPrivateKey(_number.Bytes)) return;
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

    /// <summary>Whether it lies in 1 … n − 1, n the order of P-256 (SP 800-186 §3.2.1.3).</summary>
    private static bool IsPrivateKey(ReadOnlySpan<byte> number)
    {
        ReadOnlySpan<byte> order =
        [
            0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
            0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
        ];
        return number.SequenceCompareTo(order) < 0 && number.ContainsAnyExcept((byte)0);
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
