using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SecureUserData.Vault;

/// <summary>Seals many things for one recipient under one encapsulation (RFC 9180 §5.2, the suite of
/// <see cref="Hpke"/>), which is what most of the time goes into. Each carries its number, so that they open in any
/// order. It lives for one operation only: of two copies of a process, as after a snapshot was restored, both would use
/// the same numbers. One thread at a time.</summary>
public sealed class HpkeSender : IDisposable
{
    /// <summary>How much longer a seal is than its plaintext, in bytes.</summary>
    public const int Overhead = Hpke.Overhead + NumberLength;

    internal const int NumberLength = sizeof(uint);

    private readonly byte[] _encapsulated;
    private readonly HpkeContext _context;
    private uint _next;

    /// <summary>Encapsulates a fresh secret.</summary>
    /// <param name="recipient">Whoever has its private key opens the seals.</param>
    /// <param name="info">What they are all bound to.</param>
    public HpkeSender(SealingPublicKey recipient, ReadOnlySpan<byte> info)
    {
        using var ephemeral = SealingKey.Generate();
        _encapsulated = ephemeral.PublicKey.ToArray();
        _context = HpkeKem.Send(recipient, ephemeral, info);
    }

    /// <summary>Seals as <c>{ enc(65) || number(4) || ciphertext || tag(16) }</c>, numbers big-endian from 0 on.
    /// </summary>
    /// <param name="aad">What the ciphertext is bound to.</param>
    /// <param name="plaintext">May be empty.</param>
    public byte[] Seal(ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext)
    {
        var number = _next;
        _next = checked(number + 1); // first, so that no number is used twice whatever fails
        var result = new byte[Overhead + plaintext.Length];
        _encapsulated.CopyTo(result, 0);
        BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(P256Point.Length), number);
        _context.Seal(number, aad, plaintext, result.AsSpan(P256Point.Length + NumberLength));
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _context.Dispose();
}

/// <summary>Opens what <see cref="HpkeSender"/> seals for one recipient; seals of one encapsulation that come one after
/// the other cost little. One thread at a time.</summary>
/// <param name="key">The recipient's, which stays the caller's.</param>
/// <param name="info">The same as when they were sealed.</param>
public sealed class HpkeReceiver(SealingKey key, byte[] info) : IDisposable
{
    private byte[] _encapsulated = [];
    private HpkeContext? _context;

    /// <summary>Opens a seal; the plaintext is the caller's to zero.</summary>
    /// <param name="aad">The same as when it was sealed.</param>
    /// <param name="seal">May come from anybody.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/>: whatever is wrong, one
    /// message.</exception>
    public byte[] Open(ReadOnlySpan<byte> aad, ReadOnlySpan<byte> seal)
    {
        if (seal.Length < HpkeSender.Overhead) throw Hpke.Failed();
        try
        {
            var encapsulated = seal[..P256Point.Length];
            if (_context is null || !encapsulated.SequenceEqual(_encapsulated)) Receive(encapsulated);
            var plaintext = new byte[seal.Length - HpkeSender.Overhead];
            _context!.Open(
                BinaryPrimitives.ReadUInt32BigEndian(seal[P256Point.Length..]),
                aad,
                seal[(P256Point.Length + HpkeSender.NumberLength)..],
                plaintext);
            return plaintext;
        }
        catch (CryptographicException)
        {
            throw Hpke.Failed();
        }
    }

    private void Receive(ReadOnlySpan<byte> encapsulated)
    {
        using var ephemeral = SealingPublicKey.TryFrom(encapsulated) ?? throw Hpke.Failed();
        Dispose();
        _context = HpkeKem.Receive(key, ephemeral, info);
        _encapsulated = encapsulated.ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _context?.Dispose();
        _context = null;
    }
}
