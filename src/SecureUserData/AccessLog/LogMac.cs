using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SecureUserData.Cryptography;
using SecureUserData.Ports;

namespace SecureUserData.AccessLog;

/// <summary>The MAC of a row, numbers big-endian:
/// <c>HMAC-SHA-256(log key, { previous MAC(32) || length(4) || chain || sequence(8) || body })</c>.</summary>
internal static class LogMac
{
    internal const int Length = 32;

    /// <summary>What stands before the first row of a chain.</summary>
    internal static readonly byte[] Start = new byte[Length];

    internal static byte[] Compute(SecretKey key, byte[] previous, string chain, long sequence, byte[] body)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Length + 12 + chain.Length * 3 + body.Length);
        try
        {
            previous.CopyTo(buffer, 0);
            var name = Encoding.UTF8.GetBytes(chain, buffer.AsSpan(Length + 4));
            BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(Length), name);
            var at = Length + 4 + name;
            BinaryPrimitives.WriteInt64BigEndian(buffer.AsSpan(at), sequence);
            body.CopyTo(buffer, at + 8);
            return key.Mac(buffer.AsSpan(0, at + 8 + body.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); // names only, nothing to clear
        }
    }

    internal static bool Verify(SecretKey key, byte[] previous, LogRow row) =>
        row.Mac.Length == Length && previous.Length == Length
        && CryptographicOperations.FixedTimeEquals(row.Mac, Compute(key, previous, row.Chain, row.Sequence, row.Body));

    internal static string Place(string chain, long sequence) => $"entry {sequence} in the access log of {chain}";
}
