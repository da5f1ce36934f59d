using System.Security.Cryptography;

namespace SecureUserData.Cryptography;

/// <summary>Random nonces, taken from the system's generator for many at a time, since asking it costs more than a
/// seal. A nonce is public, so that it does no harm for it to lie in memory before it is used; each is given out once.
/// </summary>
internal static class Nonces
{
    private const int AtOnce = 64;

    [ThreadStatic]
    private static byte[]? _random;

    [ThreadStatic]
    private static int _used;

    /// <summary>A fresh nonce; valid until the next call in the same thread.</summary>
    internal static ReadOnlySpan<byte> Next()
    {
        if (_random is null || _used == AtOnce)
        {
            _random ??= new byte[AtOnce * Envelope.NonceLength];
            RandomNumberGenerator.Fill(_random);
            _used = 0;
        }
        return _random.AsSpan(_used++ * Envelope.NonceLength, Envelope.NonceLength);
    }
}
