using System.Security.Cryptography;
using System.Text;

namespace SecureUserData.Embedded.Erasures;

/// <summary>A list of erasure certificates, one on a line, which only grows. What a crash has torn off at its end was
/// reported to nobody, and is cut away before the next line is added.</summary>
internal sealed class ErasureListFile(string path)
{
    private const int Buffer = 1 << 16;
    private const int SignatureLength = 86; // 64 bytes in base64url

    private readonly Lock _gate = new();
    private readonly HashSet<UInt128> _known = [];
    private long _length;
    private bool _lacksEnd; // the last line is whole, but for its end: somebody has edited the file

    internal string Path => path;

    /// <summary>Adds what is not in it yet; when this returns, it is on the disk.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/>.</exception>
    internal void Add(IEnumerable<string> certificates)
    {
        try
        {
            lock (_gate) AddUnknown(certificates);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw SecureUserDataException.Unavailable(
                $"The erasure list {path} cannot be written: check its folder, the permissions and the disk's room. "
                + "No erasure is finished before.",
                e);
        }
    }

    /// <summary>The lines of a list, without one that a crash has torn off; none when there is no file.</summary>
    internal static IEnumerable<string> Lines(string path)
    {
        if (!File.Exists(path)) yield break;
        string? last = null;
        foreach (var line in File.ReadLines(path, Encoding.UTF8))
        {
            if (last is { Length: > 0 }) yield return last;
            last = line;
        }
        if (last is { Length: > 0 } && (IsWhole(last) || HasEnd(path))) yield return last;
    }

    private void AddUnknown(IEnumerable<string> certificates)
    {
        Load();
        var lines = certificates.Where(certificate => !_known.Contains(Digest(certificate))).Distinct().ToList();
        if (lines.Count == 0) return;
        var isNew = !File.Exists(path);
        using (var file = Open())
        {
            file.SetLength(_length); // a torn line goes
            file.Seek(0, SeekOrigin.End);
            if (_lacksEnd) file.Write("\n"u8);
            _lacksEnd = false;
            foreach (var line in lines) file.Write(Encoding.ASCII.GetBytes(line + "\n"));
            file.Flush(flushToDisk: true);
            _length = file.Length;
        }
        if (isNew) FolderSync.Run(System.IO.Path.GetDirectoryName(path)!);
        foreach (var line in lines) _known.Add(Digest(line));
    }

    /// <summary>Reads what is there, unless it is what was there before.</summary>
    private void Load()
    {
        var length = new FileInfo(path) is { Exists: true } file ? file.Length : 0;
        if (length == _length) return;
        _known.Clear();
        (_length, _lacksEnd) = (0, false);
        if (length == 0) return;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, Buffer);
        var line = new MemoryStream();
        for (var next = stream.ReadByte(); next >= 0; next = stream.ReadByte())
        {
            if (next != '\n')
            {
                line.WriteByte((byte)next);
                continue;
            }
            _known.Add(Digest(line.GetBuffer().AsSpan(0, (int)line.Length)));
            line.SetLength(0);
            _length = stream.Position;
        }
        if (!IsWhole(Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length))) return;
        _known.Add(Digest(line.GetBuffer().AsSpan(0, (int)line.Length)));
        (_length, _lacksEnd) = (stream.Length, true);
    }

    private static bool HasEnd(string path)
    {
        using var file = File.OpenHandle(path, share: FileShare.ReadWrite);
        Span<byte> end = stackalloc byte[1];
        return RandomAccess.Read(file, end, RandomAccess.GetLength(file) - 1) == 1 && end[0] == '\n';
    }

    private static bool IsWhole(string line) =>
        line.Length - line.LastIndexOf('.') - 1 == SignatureLength && ErasureCertificate.Unverified(line) is not null;

    private FileStream Open()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = Buffer,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    private static UInt128 Digest(string line) => Digest(Encoding.UTF8.GetBytes(line));

    private static UInt128 Digest(ReadOnlySpan<byte> line) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(line));
}
