using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SecureUserData;

/// <summary>A signed certificate that a user's data was erased: a JSON Web Signature in compact form (RFC 7515 §3.1)
/// with ES256 (RFC 7518 §3.4); <c>docs/erasure.md</c> lists its claims. Verifying it needs the installation's public
/// key and nothing else.</summary>
public static class ErasureCertificate
{
    internal const string Type = "sud-erasure+jws";
    internal const string Algorithm = "ES256";

    private const int MaxLength = 64 * 1024;

    /// <summary>Checks the signature and reads what was signed.</summary>
    /// <param name="certificate">The text of the certificate; white space around it does not matter.</param>
    /// <param name="publicKeyPem">The public key of the installation that is said to have signed it (PEM,
    /// SubjectPublicKeyInfo), from a source that you trust.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when one of the two cannot be read;
    /// <see cref="ErrorCode.Tampered"/> when the signature is not this key's over this text.</exception>
    public static ErasureStatement Verify(string certificate, string publicKeyPem)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(publicKeyPem);
        using var key = ReadKey(publicKeyPem);
        var parts = certificate.Trim().Split('.');
        if (certificate.Length > MaxLength || parts.Length != 3 || Read(parts[0], CertificateJson.Default.Header) is not
                { Type: Type, Algorithm: Algorithm } header)
            throw SecureUserDataException.Invalid("That is not an erasure certificate: name the file as it was given.");
        if (header.Key != KeyId(key))
            throw Refused("another key than this one signed it: check where the public key comes from.");
        if (Decode(parts[2]) is not { } signature
            || !key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), signature, HashAlgorithmName.SHA256)
            || Read(parts[1], CertificateJson.Default.ErasureStatement) is not { } statement)
            throw Refused("it was changed after it was signed.");
        return statement;
    }

    /// <summary>Which key signed: the first 16 bytes of SHA-256 over the SubjectPublicKeyInfo, in base64url.</summary>
    internal static string KeyId(ECDsa key) =>
        Base64Url.EncodeToString(SHA256.HashData(key.ExportSubjectPublicKeyInfo()).AsSpan(0, 16));

    private static ECDsa ReadKey(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.ExportParameters(false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value) return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            // refused below, like a key of another curve
        }
        key.Dispose();
        throw SecureUserDataException.Invalid(
            "That is not the public key of an installation: it is a PEM file with a P-256 key.");
    }

    private static T? Read<T>(string part, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> format)
        where T : class
    {
        try
        {
            return Decode(part) is { } json ? JsonSerializer.Deserialize(json, format) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Strict: only the one text that these bytes are encoded as, so that no changed text passes.</summary>
    private static byte[]? Decode(string part)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(part.Length)];
        return Base64Url.DecodeFromChars(part, bytes, out _, out var length) == OperationStatus.Done
            && Base64Url.EncodeToString(bytes.AsSpan(0, length)) == part
            ? bytes[..length]
            : null;
    }

    private static SecureUserDataException Refused(string why) =>
        new(ErrorCode.Tampered, $"The certificate does not verify: {why}");
}

/// <summary>What an erasure certificate says.</summary>
/// <param name="Format">The format of the claims: <see cref="CurrentFormat"/>.</param>
/// <param name="User">The data subject's id.</param>
/// <param name="App">The application's id.</param>
/// <param name="RequestedBy">Who asked for the erasure: the id of the user or the application.</param>
/// <param name="RequestedAt">When.</param>
/// <param name="ErasedAt">When everything was removed.</param>
/// <param name="Removed">What was removed.</param>
/// <param name="Remains">What remains, and until when.</param>
/// <param name="Backups">Which copies of the data, made before, could still be opened, with what, and until
/// when.</param>
/// <param name="LogSequence">The number of the entry that announces the erasure in the user's chain of the access
/// log.</param>
/// <param name="LogMac">The MAC of that entry, in base64url: who keeps the log can show that it is still
/// there.</param>
public sealed record ErasureStatement(
    string Format,
    string User,
    string App,
    string RequestedBy,
    DateTimeOffset RequestedAt,
    DateTimeOffset ErasedAt,
    IReadOnlyList<ErasedItems> Removed,
    IReadOnlyList<Remainder> Remains,
    string Backups,
    long LogSequence,
    string LogMac)
{
    /// <summary>The format that this version writes.</summary>
    public const string CurrentFormat = "erasure/1";
}

/// <summary>The protected header.</summary>
internal sealed record Header(
    [property: JsonPropertyName("alg")] string Algorithm,
    [property: JsonPropertyName("typ")] string Type,
    [property: JsonPropertyName("kid")] string Key);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Header))]
[JsonSerializable(typeof(ErasureStatement))]
internal sealed partial class CertificateJson : JsonSerializerContext;
