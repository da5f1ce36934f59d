using System.Security.Cryptography;

namespace SecureUserData;

/// <summary>A private key on P-256 as its number, 32 bytes, big-endian.</summary>
internal static class PrivateScalar
{
    internal const int Length = 32;

    // SP 800-186 §3.2.1.3
    private static ReadOnlySpan<byte> Order =>
    [
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];

    /// <summary>Whether it lies in 1 … n − 1, n the order of P-256.</summary>
    internal static bool IsValid(ReadOnlySpan<byte> scalar) =>
        scalar.Length == Length && scalar.SequenceCompareTo(Order) < 0 && scalar.ContainsAnyExcept((byte)0);

    internal static void Import(ECAlgorithm key, ReadOnlySpan<byte> scalar)
    {
        var number = scalar.ToArray();
        try
        {
            key.ImportParameters(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = number });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(number);
        }
    }

    internal static void Export(ECAlgorithm key, Span<byte> scalar)
    {
        var number = key.ExportParameters(includePrivateParameters: true).D!;
        number.CopyTo(scalar);
        CryptographicOperations.ZeroMemory(number);
    }
}
