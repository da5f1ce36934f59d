using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SecureUserData;

/// <summary>UUIDv7 (RFC 9562 §5.7), monotonic within the process: within one millisecond the random part grows by a
/// random step (§6.2, method 2), so that ids are ordered and still cannot be guessed.</summary>
internal static class Uuid7
{
    private static readonly Lock Gate = new();
    private static long _lastMilliseconds;
    private static ulong _random; // the 62 bits of rand_b

    internal static UInt128 Next(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        var fresh = BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 3; // 61 bits leave room to grow
        var step = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) | 1u;
        var randomA = (uint)BinaryPrimitives.ReadUInt16BigEndian(bytes[12..]) & 0xFFF;
        lock (Gate)
        {
            var milliseconds = Math.Max(now.ToUnixTimeMilliseconds(), _lastMilliseconds);
            if (milliseconds == _lastMilliseconds && _random + step < 1UL << 62)
            {
                _random += step;
                return Compose(milliseconds, _lastRandomA, _random);
            }
            if (milliseconds == _lastMilliseconds) milliseconds++; // the counter ran over: borrow from the clock
            _lastMilliseconds = milliseconds;
            _lastRandomA = randomA;
            _random = fresh;
            return Compose(milliseconds, randomA, fresh);
        }
    }

    /// <summary><c>{ number(48) || 7(4) || a(12) || 2(2) || b(62) }</c>, a the low bits of the first two bytes of the
    /// MAC and b the high bits of the eight after them.</summary>
    internal static UInt128 Derive(long number, ReadOnlySpan<byte> key, ReadOnlySpan<byte> source)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, source, mac);
        return Compose(
            number,
            (uint)BinaryPrimitives.ReadUInt16BigEndian(mac) & 0xFFF,
            BinaryPrimitives.ReadUInt64BigEndian(mac[2..]) >> 2);
    }

    /// <summary>The time in an id, in milliseconds since 1970-01-01 UTC.</summary>
    internal static long Milliseconds(UInt128 id) => (long)(id >> 80);

    private static uint _lastRandomA;

    private static UInt128 Compose(long milliseconds, uint randomA, ulong randomB) => new(
        ((ulong)milliseconds << 16) | 0x7000 | randomA,
        0x8000_0000_0000_0000 | randomB);
}
