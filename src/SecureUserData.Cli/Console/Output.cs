using System.Globalization;
using System.Text;
using System.Text.Json;
using Spectre.Console;

namespace SecureUserData.Cli.Console;

/// <summary>The one place that prints. What is printed for people is never taken as markup, and control and format
/// characters in it are made visible.</summary>
internal sealed class Output : IDisposable
{
    /// <summary>Where no terminal sets the width, nothing is folded.</summary>
    private const int NoWidth = 100_000;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly Surroundings _around;
    private readonly StreamWriter _error;
    private readonly IAnsiConsole _console;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _warned = [];
    private ProgressLine? _progress;

    internal Output(Surroundings around)
    {
        _around = around;
        Writer = new StreamWriter(around.Out, Utf8, leaveOpen: true) { AutoFlush = true };
        _error = new StreamWriter(around.Error, Utf8, leaveOpen: true) { AutoFlush = true };
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(Writer),
        });
        _console.Profile.Capabilities.Unicode = true;
        if (!around.OutIsTerminal) _console.Profile.Width = NoWidth;
    }

    /// <summary>Whether stdout is for JSON.</summary>
    internal bool IsJson { get; set; }

    internal bool IsTerminal => _around.OutIsTerminal;

    /// <summary>For help.</summary>
    internal StreamWriter Writer { get; }

    /// <summary>The result: as JSON, or for people.</summary>
    internal void Show(object json, Action people)
    {
        if (IsJson) Writer.WriteLine(JsonSerializer.Serialize(json, Json.Options));
        else people();
    }

    internal void Line(string text) => Writer.WriteLine(Printable.Text(text));

    /// <summary>Names and values below each other; a value that is null is left out.</summary>
    internal void Details(params IReadOnlyList<(string Name, string? Value)> details)
    {
        if (details.Count == 0) return;
        var width = details.Max(detail => detail.Name.Length);
        foreach (var (name, value) in details)
            if (value is not null) Line($"{name.PadRight(width)}  {value}");
    }

    internal void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string?>> rows)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in columns)
            table.AddColumn(new TableColumn(new Text(column)) { NoWrap = false });
        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(Printable.Text(cell ?? ""))));
        if (table.Rows.Count == 0) Line("(none)");
        else _console.Write(table);
    }

    /// <summary>Exactly these bytes.</summary>
    internal void Bytes(ReadOnlySpan<byte> bytes)
    {
        _around.Out.Write(bytes);
        _around.Out.Flush();
    }

    /// <summary>Warns of something, once.</summary>
    internal void Warn(string message)
    {
        if (_warned.Add(message)) ErrorLine($"sud: warning: {message}");
    }

    internal void Error(string message) => ErrorLine($"sud: {message}");

    /// <summary>Something that is neither a result nor wrong.</summary>
    internal void Note(string message) => ErrorLine(message);

    /// <summary>Shows how far something is as soon as it takes longer than a second.</summary>
    internal ProgressLine Progress(string what, long? total = null)
    {
        lock (_gate)
            return _progress = new ProgressLine(
                what, total, _around.Time, _around.ErrorIsTerminal, _gate, text => _error.Write(text));
    }

    internal static string Time(DateTimeOffset? at) =>
        at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    internal static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private void ErrorLine(string line)
    {
        lock (_gate)
        {
            _progress?.Clear();
            _error.WriteLine(Printable.Text(line));
        }
    }

    public void Dispose()
    {
        _progress?.Dispose();
        foreach (var writer in (StreamWriter[])[Writer, _error])
            try
            {
                writer.Dispose();
            }
            catch (IOException)
            {
                // whoever read it has gone away, and there is nobody to tell
            }
    }
}
