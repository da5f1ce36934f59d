using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace SecureUserData;

/// <summary>What an installation states and signs: a JSON Web Signature in compact form (RFC 7515 §3.1) with ES256 (RFC
/// 7518 §3.4). Verifying it needs the installation's public key and nothing else.</summary>
internal static class SignedStatement
{
    internal const string Algorithm = "ES256";

    internal const int MaxLength = 64 * 1024;

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when one of the two texts cannot be
    /// read; <see cref="ErrorCode.Tampered"/> when the signature is not this key's over this text.</exception>
    internal static T Verify<T>(string text, string publicKeyPem, StatementKind kind, JsonTypeInfo<T> format)
        where T : class
    {
        using var key = ReadKey(publicKeyPem);
        var parts = text.Trim().Split('.');
        if (text.Length > MaxLength || parts.Length != 3
            || Read(parts[0], StatementJson.Default.StatementHeader) is not { Algorithm: Algorithm } header
            || header.Type != kind.Type)
            throw SecureUserDataException.Invalid($"That is not {kind.What}: name the file as it was given.");
        if (header.Key != KeyId(key))
            throw kind.Refused("another key than this one signed it: check where the public key comes from.");
        if (Decode(parts[2]) is not { } signature
            || !key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), signature, HashAlgorithmName.SHA256)
            || Read(parts[1], format) is not { } statement)
            throw kind.Refused("it was changed after it was signed.");
        return statement;
    }

    /// <summary>What a statement says, whoever signed it; null when it is none.</summary>
    internal static T? Unverified<T>(string text, JsonTypeInfo<T> format) where T : class =>
        text.Length <= MaxLength && text.Split('.') is [_, var claims, _] ? Read(claims, format) : null;

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

    private static T? Read<T>(string part, JsonTypeInfo<T> format) where T : class
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
}

/// <summary>A kind of statement.</summary>
/// <param name="Type">What its header names it, so that no statement passes for one of another kind.</param>
/// <param name="What">What it is, for people, with its article.</param>
/// <param name="Subject">The same as the beginning of a sentence.</param>
internal sealed record StatementKind(string Type, string What, string Subject)
{
    internal SecureUserDataException Refused(string why) =>
        new(ErrorCode.Tampered, $"{Subject} does not verify: {why}");
}

/// <summary>The protected header.</summary>
internal sealed record StatementHeader(
    [property: JsonPropertyName("alg")] string Algorithm,
    [property: JsonPropertyName("typ")] string Type,
    [property: JsonPropertyName("kid")] string Key);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(StatementHeader))]
[JsonSerializable(typeof(ErasureStatement))]
[JsonSerializable(typeof(LogAnchorStatement))]
internal sealed partial class StatementJson : JsonSerializerContext;
