using System.Diagnostics;
using System.Security.Cryptography;

namespace SecureUserData.VaultLoad;

/// <summary>What HPKE cannot do without (RFC 9180, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM), for one
/// recipient, on one core: a fresh key pair, an agreement, three extractions, three expansions, one encryption.
/// </summary>
internal static class BareSeal
{
    internal static double PerSecond(TimeSpan time)
    {
        using var recipient = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var publicKey = recipient.PublicKey;
        var (start, count) = (Stopwatch.GetTimestamp(), 0);
        for (; Stopwatch.GetElapsedTime(start) < time; count++) Seal(publicKey);
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static byte[] Seal(ECDiffieHellmanPublicKey recipient)
    {
        using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var point = ephemeral.ExportParameters(includePrivateParameters: false).Q;
        var agreed = ephemeral.DeriveRawSecretAgreement(recipient);
        Span<byte> key = stackalloc byte[32];
        Span<byte> nonce = stackalloc byte[12];
        Span<byte> label = stackalloc byte[150];
        HKDF.Extract(HashAlgorithmName.SHA256, agreed, [], key);
        HKDF.Expand(HashAlgorithmName.SHA256, key, key, label);
        HKDF.Extract(HashAlgorithmName.SHA256, label, [], key);
        HKDF.Extract(HashAlgorithmName.SHA256, key, [], key);
        HKDF.Expand(HashAlgorithmName.SHA256, key, nonce, label);
        HKDF.Expand(HashAlgorithmName.SHA256, key, key, label);
        var result = new byte[65 + 32 + 16];
        point.X!.CopyTo(result, 1);
        point.Y!.CopyTo(result, 33);
        using var gcm = new AesGcm(key, 16);
        gcm.Encrypt(nonce, label[..32], result.AsSpan(65, 32), result.AsSpan(97), label);
        return result;
    }
}
