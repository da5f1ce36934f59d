using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SecureUserData.Cryptography;

/// <summary>Opens and seals <c>{ version(1) || keyVersion(4) || nonce(12) || ciphertext || tag(16) }</c> with
/// AES-256-GCM (NIST SP 800-38D). <c>docs/envelope.md</c> is the specification; the vectors in <c>tests/vectors</c> are
/// its proof.</summary>
/// <remarks>The nonce is random, so one key seals at most 2³² times: see <see cref="KeyUses"/>.</remarks>
internal sealed class Envelope : IDisposable
{
    internal const byte FormatVersion = 1;
    internal const int HeaderLength = 5;
    internal const int NonceLength = 12;
    internal const int TagLength = 16;
    internal const int Overhead = HeaderLength + NonceLength + TagLength;

    private const int StackLength = 512;

    private readonly int _version;
    private readonly VersionedKeys? _keys;
    private AesGcm? _aes;

    /// <param name="keys">The current version seals, all of them open; the caller keeps and disposes them.</param>
    internal Envelope(VersionedKeys keys)
    {
        _version = keys.CurrentVersion;
        _keys = keys;
    }

    /// <param name="version">The version of the one key.</param>
    /// <param name="key">The key; the caller may zero it at once.</param>
    internal Envelope(int version, ReadOnlySpan<byte> key)
    {
        _version = version;
        _aes = new AesGcm(key, TagLength);
    }

    private AesGcm Aes => _aes ??= new AesGcm(_keys!.Current.Bytes, TagLength);

    /// <summary>Lets go of the cipher's context, some 2 KB of native memory with the expanded key in them, until the
    /// next use makes one anew; for who holds keys for long and uses them now and then. One thread at a time.</summary>
    internal void Rest()
    {
        _aes?.Dispose();
        _aes = null;
    }

    /// <summary>The version of the key that an envelope says it is sealed under; 0 when it is none.</summary>
    internal static int KeyVersion(ReadOnlySpan<byte> envelope) =>
        envelope.Length < Overhead ? 0 : BinaryPrimitives.ReadInt32BigEndian(envelope[1..]);

    /// <summary>Seals under the current version of the key.</summary>
    internal byte[] Seal(in Binding binding, ReadOnlySpan<byte> plaintext)
    {
        return SealWithNonce(binding, plaintext, Nonces.Next());
    }

    /// <summary>Only for test vectors: a nonce used twice under one key betrays both plaintexts and the authentication
    /// key.</summary>
    internal byte[] SealWithNonce(in Binding binding, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> nonce)
    {
        var envelope = new byte[Overhead + plaintext.Length];
        envelope[0] = FormatVersion;
        BinaryPrimitives.WriteInt32BigEndian(envelope.AsSpan(1), _version);
        nonce.CopyTo(envelope.AsSpan(HeaderLength));
        var max = binding.MaxLength(HeaderLength);
        var associated = max <= StackLength ? stackalloc byte[StackLength] : new byte[max];
        associated = associated[..binding.Write(envelope.AsSpan(0, HeaderLength), associated)];
        var body = envelope.AsSpan(HeaderLength + NonceLength);
        Aes.Encrypt(nonce, plaintext, body[..plaintext.Length], body[plaintext.Length..], associated);
        return envelope;
    }

    /// <summary>Opens an envelope of any version of the key that is still there.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/>: whatever is wrong, one
    /// message.</exception>
    internal Opened Open(in Binding binding, ReadOnlySpan<byte> envelope)
    {
        if (envelope.Length < Overhead || envelope[0] != FormatVersion) throw Failed(binding);
        var version = KeyVersion(envelope);
        if (version == _version) return new(Open(Aes, binding, envelope), IsStale: false);
        if (_keys?.Find(version) is not { } older) throw Failed(binding);
        using var aes = new AesGcm(older.Bytes, TagLength);
        return new(Open(aes, binding, envelope), IsStale: true);
    }

    private static byte[] Open(AesGcm aes, in Binding binding, ReadOnlySpan<byte> envelope)
    {
        var max = binding.MaxLength(HeaderLength);
        var associated = max <= StackLength ? stackalloc byte[StackLength] : new byte[max];
        associated = associated[..binding.Write(envelope[..HeaderLength], associated)];
        var plaintext = new byte[envelope.Length - Overhead];
        try
        {
            aes.Decrypt(
                envelope[HeaderLength..(HeaderLength + NonceLength)],
                envelope[(HeaderLength + NonceLength)..^TagLength],
                envelope[^TagLength..],
                plaintext,
                associated);
        }
        catch (CryptographicException)
        {
            throw Failed(binding);
        }
        return plaintext;
    }

    // The place is a name and never a value; the cause is not told, so that nobody learns from it.
    private static SecureUserDataException Failed(in Binding binding) =>
        SecureUserDataException.Tampered(
            $"{binding.Place} of {(binding.User.Length > 0 ? binding.User : binding.Application)}");

    public void Dispose() => _aes?.Dispose();
}

/// <summary>What was in an envelope.</summary>
/// <param name="Plaintext">The plaintext, the caller's to zero.</param>
/// <param name="IsStale">Whether another version of the key sealed it, so that it is due for re-encryption.</param>
internal readonly record struct Opened(byte[] Plaintext, bool IsStale);
