using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace SecureUserData.Embedded.Sqlite;

/// <summary>A look at the database file and its write-ahead log before SQLite opens them
/// (https://sqlite.org/fileformat.html, §1.3 and §4.1). SQLite takes an empty file for a new database, plays a
/// stranger's log back, and does not miss pages that a truncated file lacks as long as there is a log.</summary>
internal static class DatabaseFiles
{
    /// <summary>Marks the file as ours, in <c>application_id</c>: "SUD1".</summary>
    internal const int ApplicationId = 0x53554431;

    private const int HeaderLength = 100;
    private const int VersionsAt = 18; // of the format, for writing and for reading
    private const int LogHeaderLength = 32;
    private const int FrameHeaderLength = 24;
    private const long LockedAt = 1L << 30; // the page with this byte is never written

    /// <summary>Looks at the files; nobody may have them open, since closing one lets go of SQLite's locks.</summary>
    /// <param name="path">The file.</param>
    /// <param name="access">What it is going to be opened for.</param>
    /// <returns>What the file says without its log.</returns>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/> when it is not ours or cannot be
    /// used; <see cref="ErrorCode.Tampered"/> when pages are missing.</exception>
    internal static FileVersion Check(string path, FileAccess access = FileAccess.ReadWrite) =>
        DiskErrors.Translated(() => CheckFiles(path, access));

    private static FileVersion CheckFiles(string path, FileAccess access)
    {
        if (Directory.Exists(path))
            throw SecureUserDataException.Unavailable(
                "There is a folder in place of the database file sud.db: name another folder.");
        // Two folders with links to one file would have a lock each, and two processes would write to it.
        if (new FileInfo(path).LinkTarget is not null)
            throw SecureUserDataException.Unavailable(
                "The database file sud.db is a link: name the folder that the file itself is in.");
        using var file = new FileStream(path, FileMode.Open, access, FileShare.ReadWrite, bufferSize: 0);
        if (!file.CanSeek) throw NotOurs();
        Span<byte> header = stackalloc byte[HeaderLength];
        if (file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength
            || !header.StartsWith("SQLite format 3\0"u8) || Number(header[68..]) != ApplicationId)
            throw NotOurs();
        var pageSize = BinaryPrimitives.ReadUInt16BigEndian(header[16..]) is var size and not 1 ? size : 65_536;
        if (header[18] == 2 && HasContent(path + "-journal"))
            throw SecureUserDataException.Unavailable(
                "The file sud.db-journal is not SecureUserData's, and SQLite would play it back: move it away.");
        CheckPages(path, pageSize, file.Length / pageSize, Number(header[28..]));
        return FileVersion.Of(Number(header[60..]));
    }

    /// <summary>Marks a closed file as one without a write-ahead log (§1.3.3), so that it can be read where nothing may
    /// be written. A pragma would write a journal, and a crash would leave that behind.</summary>
    internal static void MarkWithoutLog(string path) => DiskErrors.Translated(() =>
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.Write(file, [1, 1], VersionsAt);
        RandomAccess.FlushToDisk(file);
        return true;
    });

    internal static bool HasContent(string path) => new FileInfo(path) is { Exists: true, Length: > 0 };

    internal static SecureUserDataException NotOurs() => SecureUserDataException.Unavailable(
        "The database file sud.db is not SecureUserData's, or it is damaged: name another folder, or restore the file "
        + "from a backup.");

    internal static SecureUserDataException Unpaired() => SecureUserDataException.Unavailable(
        "The files sud.db and sud.db-wal do not belong together, and nothing was touched: restore both from the same "
        + "backup; if sud.db was restored alone, move sud.db-wal away.");

    /// <summary>Every page is in the file or in the log. This looks at one header a page of the log, which is what
    /// SQLite reads of it anyway.</summary>
    private static void CheckPages(string path, int pageSize, long inFile, long count)
    {
        HashSet<long> inLog = [];
        if (File.Exists(path + "-wal"))
        {
            using var log = File.OpenHandle(path + "-wal", share: FileShare.ReadWrite);
            count = ReadLog(log, pageSize, inLog) ?? count;
        }
        for (var page = inFile + 1; page <= count; page++)
            if (!inLog.Contains(page) && page != LockedAt / pageSize + 1)
                throw SecureUserDataException.Tampered("the database file sud.db, which is shorter than it was");
    }

    /// <summary>Collects the pages of a log, until where it is torn or was overwritten only in part. The checksums are
    /// left to SQLite.</summary>
    /// <returns>The number of pages in the database after the last transaction; null if there is none.</returns>
    private static long? ReadLog(SafeFileHandle log, int pageSize, HashSet<long> pages)
    {
        Span<byte> header = stackalloc byte[LogHeaderLength];
        Span<byte> frame = stackalloc byte[FrameHeaderLength];
        if (RandomAccess.Read(log, header, 0) < LogHeaderLength || Number(header) >> 1 != 0x377f0682 >> 1) return null;
        if (Number(header[8..]) != pageSize) throw Unpaired();
        var salt = header[16..24];
        long? count = null;
        for (long at = LogHeaderLength; RandomAccess.Read(log, frame, at) == FrameHeaderLength;
            at += FrameHeaderLength + pageSize)
        {
            if (!frame[8..16].SequenceEqual(salt)) break;
            pages.Add(Number(frame));
            if (Number(frame[4..]) is var after and not 0) count = after;
        }
        return count;
    }

    private static uint Number(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
