using System.Security.Cryptography;

namespace SecureUserData.Vault;

/// <summary>The key that is sealed for. It is imported once and used for many seals, in one thread at a
/// time.</summary>
public sealed class SealingPublicKey : IDisposable
{
    private readonly ECDiffieHellman _key;
    private readonly byte[] _bytes;

    private SealingPublicKey(ECDiffieHellman key, ReadOnlySpan<byte> bytes)
    {
        _key = key;
        _bytes = bytes.ToArray();
        Point = key.PublicKey;
    }

    /// <summary>Imports 65 bytes, an uncompressed point.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is no point on
    /// P-256.</exception>
    public static SealingPublicKey From(ReadOnlySpan<byte> publicKey) =>
        TryFrom(publicKey) ?? throw P256Point.Malformed();

    /// <summary>Imports a point that a stranger may have chosen; null when it is none.</summary>
    internal static SealingPublicKey? TryFrom(ReadOnlySpan<byte> publicKey)
    {
        var key = ECDiffieHellman.Create();
        if (P256Point.TryImport(key, publicKey)) return new SealingPublicKey(key, publicKey);
        key.Dispose();
        return null;
    }

    /// <summary>65 bytes, an uncompressed point.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    internal ECDiffieHellmanPublicKey Point { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Point.Dispose();
        _key.Dispose();
    }
}
