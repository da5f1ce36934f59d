using System.Security.Cryptography;

namespace SecureUserData.Cryptography;

/// <summary>A 256-bit key. Its bytes lie in a pinned buffer, so that the garbage collector leaves no copies, and are
/// zeroed on <see cref="Dispose"/>.</summary>
public sealed class SecretKey : IDisposable
{
    /// <summary>The length of a key in bytes.</summary>
    public const int Length = 32;

    private readonly byte[] _bytes = GC.AllocateArray<byte>(Length, pinned: true);
    private bool _disposed;

    private SecretKey() { }

    /// <summary>A fresh random key.</summary>
    public static SecretKey Random()
    {
        var key = new SecretKey();
        RandomNumberGenerator.Fill(key._bytes);
        return key;
    }

    /// <summary>A key copied from 32 bytes; the caller zeroes its own copy.</summary>
    public static SecretKey From(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length) throw new ArgumentException($"A key has {Length} bytes.", nameof(bytes));
        var key = new SecretKey();
        bytes.CopyTo(key._bytes);
        return key;
    }

    /// <summary>Derives a key for one use: HKDF-Expand (RFC 5869) with SHA-256 over
    /// <c>{ label || 0 || context }</c>.</summary>
    public SecretKey Derive(string label, string context)
    {
        var key = new SecretKey();
        Span<byte> info = stackalloc byte[512];
        var length = System.Text.Encoding.UTF8.GetBytes(label, info);
        info[length++] = 0;
        length += System.Text.Encoding.UTF8.GetBytes(context, info[length..]);
        HKDF.Expand(HashAlgorithmName.SHA256, Bytes, key._bytes, info[..length]);
        return key;
    }

    /// <summary>The bytes of the key.</summary>
    /// <exception cref="ObjectDisposedException">The key has been zeroed.</exception>
    internal ReadOnlySpan<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _bytes;
        }
    }

    /// <summary>The buffer itself, so that a test can see that it is zeroed.</summary>
    internal byte[] Buffer => _bytes;

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_bytes);
    }
}
