using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace SecureUserData.Embedded.Sqlite;

/// <summary>The unused middle of the pages of a database file
/// (https://sqlite.org/fileformat.html §1.6: <c>{ header || cell pointers || gap || cells }</c>). <c>secure_delete</c>
/// overwrites every cell that is deleted, but not the copies that stay in the gap when SQLite moves cells between pages
/// and lays a page out anew: of a row that is deleted later such a copy would be left.</summary>
internal sealed class PageGaps(string path) : IDisposable
{
    private const int ChunkPages = 256;
    private const int HeaderLength = 100; // of the file, on page 1

    /// <summary>In a file of fewer pages (128 GiB) the first byte of a page of another kind, which belongs to a page
    /// number, is not taken for a kind of page.</summary>
    private const long MaxPages = 2L << 24;

    // Kept open: closing any handle to the file lets go of the locks that SQLite has on it in this process.
    private readonly Lazy<SafeFileHandle> _file = new(() => File.OpenHandle(
        path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));

    /// <summary>The pages in whose gap something is left. It looks at the whole file, while others write.</summary>
    internal IReadOnlyList<long> Find()
    {
        var found = new List<long>();
        var size = PageSize();
        if (RandomAccess.GetLength(_file.Value) / size >= MaxPages) return [];
        var chunk = new byte[ChunkPages * size];
        for (long first = 1; ; first += ChunkPages)
        {
            var read = RandomAccess.Read(_file.Value, chunk, (first - 1) * size);
            for (var i = 0; i < read / size; i++)
            {
                var page = chunk.AsSpan(i * size, size);
                if (page[Gap(page, first + i)].ContainsAnyExcept((byte)0)) found.Add(first + i);
            }
            if (read < chunk.Length) return found;
        }
    }

    /// <summary>Overwrites the gaps of pages. The write-ahead log is empty, nobody writes meanwhile, and whoever writes
    /// afterwards reads the pages anew.</summary>
    internal void Overwrite(IReadOnlyList<long> pages)
    {
        var size = PageSize();
        var page = new byte[size];
        foreach (var number in pages)
        {
            if (RandomAccess.Read(_file.Value, page, (number - 1) * size) < size) continue; // the file has shrunk
            var gap = Gap(page, number);
            page.AsSpan(gap).Clear();
            RandomAccess.Write(_file.Value, page.AsSpan(gap), (number - 1) * size + gap.Start.Value);
        }
        RandomAccess.FlushToDisk(_file.Value);
    }

    /// <summary>The gap of a page; empty on pages that have none.</summary>
    private static Range Gap(ReadOnlySpan<byte> page, long number)
    {
        var start = number == 1 ? HeaderLength : 0;
        var header = page[start] switch
        {
            2 or 5 => 12, // inner pages of an index, of a table
            10 or 13 => 8, // leaves
            _ => 0,
        };
        if (header == 0) return ..0;
        var cells = BinaryPrimitives.ReadUInt16BigEndian(page[(start + 3)..]);
        var content = BinaryPrimitives.ReadUInt16BigEndian(page[(start + 5)..]) is var at and not 0 ? at : 65_536;
        var from = start + header + 2 * cells;
        return from < content && content <= page.Length ? from..content : ..0;
    }

    private int PageSize()
    {
        Span<byte> size = stackalloc byte[2];
        RandomAccess.Read(_file.Value, size, 16);
        return BinaryPrimitives.ReadUInt16BigEndian(size) is var bytes and not 1 ? bytes : 65_536;
    }

    public void Dispose()
    {
        if (_file.IsValueCreated) _file.Value.Dispose();
    }
}
