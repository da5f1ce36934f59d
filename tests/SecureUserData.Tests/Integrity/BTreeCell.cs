using System.Buffers.Binary;

namespace SecureUserData.Tests.Integrity;

/// <summary>Where a row lies in a SQLite file (https://sqlite.org/fileformat.html, §1.6): a cell of a table b-tree
/// leaf, <c>{ payload length (varint) || rowid (varint) || record header || columns }</c>.</summary>
/// <param name="Offset">The offset of its first byte in the file.</param>
/// <param name="Length">All its bytes.</param>
/// <param name="HeaderLength">The bytes before the first column's contents.</param>
internal readonly record struct BTreeCell(int Offset, int Length, int HeaderLength)
{
    private const byte InteriorTable = 0x05;
    private const byte LeafTable = 0x0d;

    /// <summary>The cell of a row, found from the root page of its table.</summary>
    internal static BTreeCell Find(byte[] file, long rootPage, long rowid)
    {
        var pageSize = (int)BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(16));
        if (pageSize == 1) pageSize = 65_536;
        var usable = pageSize - file[20];
        for (var page = (int)rootPage; ;)
        {
            var start = (page - 1) * pageSize;
            var header = start + (page == 1 ? 100 : 0);
            var count = BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(header + 3));
            if (file[header] == LeafTable)
            {
                for (var i = 0; i < count; i++)
                    if (Leaf(file, start + Pointer(file, header + 8, i), usable, rowid) is { } found) return found;
                throw new InvalidOperationException($"There is no row {rowid}.");
            }
            if (file[header] != InteriorTable) throw new InvalidOperationException("That is no table.");
            page = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(header + 8)); // the right-most child
            for (var i = count - 1; i >= 0; i--)
            {
                var cell = start + Pointer(file, header + 12, i);
                if (Varint(file, cell + 4).Value >= rowid)
                    page = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(cell));
            }
        }
    }

    private static int Pointer(byte[] file, int pointers, int i) =>
        BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(pointers + 2 * i));

    private static BTreeCell? Leaf(byte[] file, int offset, int usable, long rowid)
    {
        var (payload, payloadLength) = Varint(file, offset);
        var (id, idLength) = Varint(file, offset + payloadLength);
        if (id != rowid) return null;
        if (payload > usable - 35) throw new InvalidOperationException("The row goes on in overflow pages.");
        var record = offset + payloadLength + idLength;
        var header = payloadLength + idLength + (int)Varint(file, record).Value;
        return new BTreeCell(offset, payloadLength + idLength + (int)payload, header);
    }

    private static (long Value, int Length) Varint(byte[] file, int at)
    {
        long value = 0;
        for (var i = 0; i < 8; i++)
        {
            value = (value << 7) | (uint)(file[at + i] & 0x7f);
            if (file[at + i] < 0x80) return (value, i + 1);
        }
        return ((value << 8) | file[at + 8], 9);
    }
}
