using System.Security.Cryptography;

namespace SecureUserData.Vault;

/// <summary>A public key on P-256, uncompressed: 65 bytes, <c>{ 0x04 || x(32) || y(32) }</c> (SEC 1 §2.3.3).</summary>
internal static class P256Point
{
    internal const int Length = 65;

    private const int Coordinate = 32;
    private const byte Uncompressed = 0x04;

    /// <summary>Imports a point into a key; false when it is not 65 bytes, uncompressed and on the curve. Infinity has
    /// no such form. A point off the curve would lie in a group of small order and betray a private key bit by bit
    /// (SP 800-56A §5.6.2.3.4).</summary>
    internal static bool TryImport(ECAlgorithm key, ReadOnlySpan<byte> point)
    {
        if (point.Length != Length || point[0] != Uncompressed) return false;
        try
        {
            key.ImportParameters(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint
                {
                    X = point.Slice(1, Coordinate).ToArray(),
                    Y = point[(1 + Coordinate)..].ToArray(),
                },
            });
            return true;
        }
        catch (CryptographicException) // not on the curve, or a coordinate that is not below the prime
        {
            return false;
        }
    }

    internal static SecureUserDataException Malformed() => SecureUserDataException.Invalid(
        $"That is not a public key: pass the {Length} bytes of an uncompressed point on P-256.");

    /// <summary>The public key of a key pair.</summary>
    internal static byte[] Export(ECAlgorithm key)
    {
        var q = key.ExportParameters(includePrivateParameters: false).Q;
        return [Uncompressed, .. q.X!, .. q.Y!];
    }
}
