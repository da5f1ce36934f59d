using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace SecureUserData.Cryptography;

/// <summary>A 256-bit key. Its bytes lie in a pinned buffer, so that the garbage collector leaves no copies, and are
/// zeroed on <see cref="Dispose"/>.</summary>
public sealed class SecretKey : IDisposable
{
    /// <summary>The length of a key in bytes.</summary>
    public const int Length = 32;

    private readonly byte[] _bytes = GC.AllocateArray<byte>(Length, pinned: true);
    private ConcurrentBag<IncrementalHash>? _macs;
    private volatile bool _disposed;

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
        Derive(label, context, key._bytes);
        return key;
    }

    /// <summary>Derives a key that is used at once and zeroed by the caller.</summary>
    internal void Derive(string label, string context, Span<byte> key)
    {
        Span<byte> info = stackalloc byte[512];
        var length = Encoding.UTF8.GetBytes(label, info);
        info[length++] = 0;
        length += Encoding.UTF8.GetBytes(context, info[length..]);
        HKDF.Expand(HashAlgorithmName.SHA256, Bytes, key, info[..length]);
    }

    /// <summary>HMAC-SHA-256 under this key. Contexts that have taken the key in are kept for the next time, because
    /// that is half of the work, and disposed with the key.</summary>
    internal byte[] Mac(ReadOnlySpan<byte> data)
    {
        var macs = _macs ?? Interlocked.CompareExchange(ref _macs, [], null) ?? _macs;
        if (!macs.TryTake(out var mac)) mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Bytes);
        mac.AppendData(data);
        var result = mac.GetHashAndReset();
        if (_disposed) mac.Dispose();
        else macs.Add(mac);
        return result;
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
        while (_macs is not null && _macs.TryTake(out var mac)) mac.Dispose();
    }
}
