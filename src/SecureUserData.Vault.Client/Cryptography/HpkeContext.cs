using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SecureUserData.Vault;

/// <summary>The key schedule of RFC 9180 §5.1 in mode base, and the encryptions under it (§5.2). What it derives lies
/// in one pinned buffer and is zeroed on <see cref="Dispose"/>.</summary>
internal sealed class HpkeContext : IDisposable
{
    internal const int NonceLength = 12;
    internal const int TagLength = 16;

    private const byte ModeBase = 0;
    private const int ContextLength = 1 + 2 * LabeledHkdf.Length;

    private readonly HpkeSuite _suite;
    private readonly byte[] _derived;
    private readonly byte[] _context = new byte[ContextLength];

    internal HpkeContext(HpkeSuite suite, ReadOnlySpan<byte> sharedSecret, ReadOnlySpan<byte> info)
    {
        _suite = suite;
        _derived = GC.AllocateArray<byte>(LabeledHkdf.Length + NonceLength + suite.KeyLength, pinned: true);
        _context[0] = ModeBase;
        suite.PskIdHash.CopyTo(_context, 1);
        suite.Hkdf.Extract([], "info_hash", info, _context.AsSpan(1 + LabeledHkdf.Length));
        suite.Hkdf.Extract(sharedSecret, "secret", [], Secret);
        suite.Hkdf.Expand(Secret, "key", _context, Key);
        suite.Hkdf.Expand(Secret, "base_nonce", _context, BaseNonce);
    }

    /// <summary>The <c>key_schedule_context</c>, which holds no secret.</summary>
    internal ReadOnlySpan<byte> ScheduleContext => _context;

    internal Span<byte> Secret => _derived.AsSpan(0, LabeledHkdf.Length);

    internal Span<byte> BaseNonce => _derived.AsSpan(LabeledHkdf.Length, NonceLength);

    internal Span<byte> Key => _derived.AsSpan(LabeledHkdf.Length + NonceLength);

    /// <summary>The nonce of one encryption. A number is used once: the same nonce twice betrays both
    /// plaintexts.</summary>
    internal void Nonce(ulong sequence, Span<byte> nonce)
    {
        BaseNonce.CopyTo(nonce);
        var end = nonce[^sizeof(ulong)..];
        BinaryPrimitives.WriteUInt64BigEndian(end, BinaryPrimitives.ReadUInt64BigEndian(end) ^ sequence);
    }

    /// <summary>Writes <c>{ ciphertext || tag(16) }</c>.</summary>
    internal void Seal(ulong sequence, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext, Span<byte> output)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        Nonce(sequence, nonce);
        using var aes = new AesGcm(Key, TagLength);
        aes.Encrypt(nonce, plaintext, output[..plaintext.Length], output[plaintext.Length..], aad);
    }

    /// <exception cref="AuthenticationTagMismatchException">It is not what was sealed here.</exception>
    internal void Open(ulong sequence, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        Nonce(sequence, nonce);
        using var aes = new AesGcm(Key, TagLength);
        aes.Decrypt(nonce, ciphertext[..^TagLength], ciphertext[^TagLength..], plaintext, aad);
    }

    /// <summary>The <c>exporter_secret</c>, derived when asked for: a seal has no use for it.</summary>
    internal void ExporterSecret(Span<byte> secret) => _suite.Hkdf.Expand(Secret, "exp", _context, secret);

    /// <summary>A secret for another use (§5.3).</summary>
    internal void Export(ReadOnlySpan<byte> context, Span<byte> output)
    {
        Span<byte> secret = stackalloc byte[LabeledHkdf.Length];
        ExporterSecret(secret);
        _suite.Hkdf.Expand(secret, "sec", context, output);
        CryptographicOperations.ZeroMemory(secret);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_derived);
}
