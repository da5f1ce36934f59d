using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace SecureUserData.Cli.Csv;

/// <summary>One line of a file.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Text">Without its end.</param>
/// <param name="End">A line feed, perhaps after a carriage return; empty for a last line without one.</param>
/// <param name="Problem">What is wrong with it; null when nothing is.</param>
internal sealed record CsvLine(int Number, string Text, string End, string? Problem);

/// <summary>The lines of a UTF-8 file, with a look ahead. What is not UTF-8, or too long, is a problem of its line
/// alone.</summary>
internal sealed class CsvLines(Stream stream)
{
    /// <summary>Characters of a line, at most: more than one user's fields can hold, each quote doubled.</summary>
    private const int MaxLength = 4 * Limits.ProfileBytes;

    /// <summary>Stands for bytes that are not UTF-8. It is a noncharacter, which no text should hold.</summary>
    private const char Invalid = '\uFFFF';

    private readonly StreamReader _reader = new(
        stream,
        Encoding.GetEncoding("utf-8", EncoderFallback.ExceptionFallback, new DecoderReplacementFallback($"{Invalid}")),
        detectEncodingFromByteOrderMarks: false);

    private readonly List<CsvLine> _ahead = [];
    private int _read;

    internal bool TryTake([NotNullWhen(true)] out CsvLine? line)
    {
        line = Peek(0);
        if (line is not null) Skip(1);
        return line is not null;
    }

    /// <summary>The line after so many others; null after the end.</summary>
    internal CsvLine? Peek(int index)
    {
        while (_ahead.Count <= index)
            if (ReadLine() is { } line) _ahead.Add(line);
            else return null;
        return _ahead[index];
    }

    internal void Skip(int count) => _ahead.RemoveRange(0, count);

    private CsvLine? ReadLine()
    {
        var text = new StringBuilder();
        var length = 0L;
        int c;
        while ((c = _reader.Read()) is not (-1 or '\n'))
            if (++length <= MaxLength) text.Append((char)c);
        if (c == -1 && length == 0) return null;
        var end = c == -1 ? "" : "\n";
        if (text.Length > 0 && text[^1] == '\r')
        {
            text.Length--;
            end = "\r" + end;
        }
        var line = text.ToString();
        if (++_read == 1) line = line.TrimStart('\uFEFF');
        return new CsvLine(_read, line, end, length > MaxLength ? $"it has more than {MaxLength} characters"
            : line.Contains(Invalid) ? "it is not valid UTF-8: save the file as UTF-8"
            : null);
    }
}
