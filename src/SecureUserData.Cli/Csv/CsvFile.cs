using SecureUserData.Cli.Commands;

namespace SecureUserData.Cli.Csv;

/// <summary>A file whose first line names its columns.</summary>
internal sealed class CsvFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly CsvRows _rows;

    /// <exception cref="CommandException">There is no such file, or its header is wrong.</exception>
    internal CsvFile(string path, RowFormat format)
    {
        _stream = RecordCommands.Opened(path);
        try
        {
            Lines = CountLines(_stream);
            _rows = new CsvRows(_stream, format);
            Header = ReadHeader(_rows, path);
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>Lines in the file, its header included.</summary>
    internal long Lines { get; }

    /// <summary>The names of the columns.</summary>
    internal IReadOnlyList<string> Header { get; }

    /// <summary>The rows after the header, once.</summary>
    internal IEnumerable<CsvRow> Rows => _rows.Read(Header.Count);

    private static IReadOnlyList<string> ReadHeader(CsvRows rows, string path)
    {
        var header = rows.Read(columns: null).FirstOrDefault()
            ?? throw new CommandException($"{path} is empty: name another file.");
        if (header.Problem is { } problem) throw new CommandException($"line {header.Line}, the header: {problem}.");
        if (header.Values.Any(name => name.Length == 0))
            throw new CommandException($"line {header.Line}, the header: a column has no name.");
        if (header.Values.Distinct(StringComparer.Ordinal).Count() != header.Values.Count)
            throw new CommandException($"line {header.Line}, the header: two columns have the same name.");
        return header.Values;
    }

    private static long CountLines(FileStream stream)
    {
        var buffer = new byte[1 << 16];
        long lines = 0;
        for (int read; (read = stream.Read(buffer)) > 0; ) lines += buffer.AsSpan(0, read).Count((byte)'\n');
        stream.Position = 0;
        return lines + 1;
    }

    public void Dispose() => _stream.Dispose();
}
