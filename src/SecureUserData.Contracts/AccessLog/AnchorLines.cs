using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace SecureUserData;

/// <summary>Reads an anchor line by line, to the byte: every line ends with one LF, and the body is hashed as it is
/// read.</summary>
internal sealed class AnchorLines(Stream from) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[SignedStatement.MaxLength];
    private int _start;
    private int _end;
    private bool _isBody;

    /// <summary>The next line without its end; null when there is none.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when a line is too long or does not
    /// end, so that it is no anchor.</exception>
    internal async ValueTask<string?> ReadAsync(CancellationToken cancellation)
    {
        int length;
        while ((length = _buffer.AsSpan(_start.._end).IndexOf((byte)'\n')) < 0)
        {
            if (_start > 0) _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var read = _end == _buffer.Length ? 0 : await from.ReadAsync(_buffer.AsMemory(_end), cancellation);
            if (read > 0) _end += read;
            else if (_end == 0) return null;
            else throw SecureUserDataException.Invalid($"That is not {LogAnchor.Kind.What}, or not a whole one.");
        }
        var line = _buffer.AsSpan(_start, length + 1);
        if (_isBody) _hash.AppendData(line);
        _start += line.Length;
        return Encoding.ASCII.GetString(line[..^1]);
    }

    /// <summary>What comes now is the body.</summary>
    internal void BeginBody() => _isBody = true;

    /// <summary>The digest of the body, in base64url.</summary>
    internal string EndBody() => Base64Url.EncodeToString(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
