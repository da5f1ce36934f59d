using System.Buffers.Binary;
using System.Text;

namespace SecureUserData.Vault.Ledger;

/// <summary>Writes what is signed: <c>{ length(4) || bytes }</c> for each field, so that no two lists of fields have
/// the same bytes. Numbers are big-endian.</summary>
internal sealed class FieldWriter
{
    private readonly MemoryStream _bytes = new();

    internal FieldWriter Bytes(ReadOnlySpan<byte> value)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
        _bytes.Write(length);
        _bytes.Write(value);
        return this;
    }

    internal FieldWriter Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    internal FieldWriter Number(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return Bytes(bytes);
    }

    internal FieldWriter Flag(bool value) => Bytes([value ? (byte)1 : (byte)0]);

    internal FieldWriter Time(DateTimeOffset value) => Number(value.ToUnixTimeMilliseconds());

    internal FieldWriter Head(VaultHead head) => Number(head.Sequence).Bytes(head.Hash);

    internal byte[] ToArray() => _bytes.ToArray();
}

/// <summary>Reads what <see cref="FieldWriter"/> writes, and nothing else: what it takes would be written the
/// same.</summary>
/// <param name="body">The bytes.</param>
internal ref struct FieldReader(ReadOnlySpan<byte> body)
{
    internal const int HashLength = 32;
    internal const int PublicKeyLength = 65;

    private static readonly Encoding Strict = new UTF8Encoding(false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _rest = body;

    internal ReadOnlySpan<byte> Bytes()
    {
        if (_rest.Length < sizeof(int)) throw Malformed();
        var length = BinaryPrimitives.ReadInt32BigEndian(_rest);
        if (length < 0 || length > _rest.Length - sizeof(int)) throw Malformed();
        var value = _rest.Slice(sizeof(int), length);
        _rest = _rest[(sizeof(int) + length)..];
        return value;
    }

    internal byte[] Bytes(int length) => Bytes() is var value && value.Length == length
        ? value.ToArray()
        : throw Malformed();

    internal string Text()
    {
        try
        {
            return Strict.GetString(Bytes());
        }
        catch (DecoderFallbackException)
        {
            throw Malformed();
        }
    }

    internal long Number() => BinaryPrimitives.ReadInt64BigEndian(Bytes(sizeof(long)));

    /// <summary>A number that fits in an <see cref="int"/>, from 1 on: what does not would be read as another one.
    /// </summary>
    internal int Small() => Number() is var number and >= 1 and <= int.MaxValue ? (int)number : throw Malformed();

    internal bool Flag() => Bytes(1)[0] switch
    {
        0 => false,
        1 => true,
        _ => throw Malformed(),
    };

    internal DateTimeOffset Time() => Number() is var milliseconds and >= 0 and < 253_402_300_800_000 // the year 10000
        ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
        : throw Malformed();

    internal byte[] PublicKey() => Bytes(PublicKeyLength);

    internal VaultHead Head() => new(Number(), Bytes(HashLength));

    internal VaultId Vault() => VaultId.TryParse(Text(), out var id) ? id : throw Malformed();

    internal VaultUserId User() => VaultUserId.TryParse(Text(), out var id) ? id : throw Malformed();

    internal VaultGroupId Group() => VaultGroupId.TryParse(Text(), out var id) ? id : throw Malformed();

    internal VaultItemId Item() => VaultItemId.TryParse(Text(), out var id) ? id : throw Malformed();

    /// <summary>Takes the first field, which says what the body is.</summary>
    internal void Context(string context)
    {
        if (Text() != context) throw Malformed();
    }

    internal readonly void End()
    {
        if (_rest.Length > 0) throw Malformed();
    }

    internal static SecureUserDataException Malformed() =>
        SecureUserDataException.Invalid("That is not something that a user of a vault signs: it cannot be read.");
}
