namespace SecureUserData.Cli.Console;

/// <summary>How far something is, with rate and time left, from its first second on: one line that changes on a
/// terminal, a line every few seconds elsewhere.</summary>
internal sealed class ProgressLine : IProgress<long>, IDisposable
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Elsewhere = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly bool _isTerminal;
    private readonly Action<string> _write;
    private readonly ITimer _timer;
    private readonly Lock _gate; // the output's own, so that lines do not mix
    private string _what;
    private long? _total;
    private long _started;
    private long _from;
    private long _done;
    private string? _also;
    private int _shown;
    private bool _ended;

    internal ProgressLine(string what, long? total, TimeProvider time, bool isTerminal, Lock gate, Action<string> write)
    {
        _gate = gate;
        _what = what;
        _total = total;
        _time = time;
        _isTerminal = isTerminal;
        _write = write;
        _started = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Show(), null, First, isTerminal ? OnTerminal : Elsewhere);
    }

    public void Report(long value) => Volatile.Write(ref _done, value);

    /// <summary>Shows how far something else is from now on.</summary>
    /// <param name="what">What it is.</param>
    /// <param name="total">How many there are.</param>
    /// <param name="done">How many were done before, which the rate does not count.</param>
    internal void Begin(string what, long? total, long done)
    {
        lock (_gate)
        {
            (_what, _total, _from, _done) = (what, total, done, done);
            _started = _time.GetTimestamp();
        }
    }

    /// <summary>Shows this behind the numbers; null for nothing.</summary>
    internal void Add(string? also) => Volatile.Write(ref _also, also);

    /// <summary>One more is done.</summary>
    internal void Advance() => Interlocked.Increment(ref _done);

    /// <summary>Makes room for another line; the next tick shows it again.</summary>
    internal void Clear()
    {
        lock (_gate)
        {
            if (_shown == 0) return;
            _write($"\r{new string(' ', _shown)}\r");
            _shown = 0;
        }
    }

    private void Show()
    {
        lock (_gate)
        {
            if (_ended) return;
            var text = Text();
            if (!_isTerminal)
            {
                _write(text + "\n");
                return;
            }
            _write($"\r{text.PadRight(_shown)}");
            _shown = text.Length;
        }
    }

    private string Text() => _also is { } also ? $"{Far()}; {also}" : Far();

    private string Far()
    {
        var elapsed = _time.GetElapsedTime(_started);
        var done = Volatile.Read(ref _done);
        if (done == _from) return $"{_what}: {elapsed.TotalSeconds:0} s";
        var rate = (done - _from) / elapsed.TotalSeconds;
        var far = $"{_what}: {Output.Number(done)}";
        if (_total is not { } total || total < done) return $"{far}, {Output.Number((long)rate)}/s";
        return $"{far} of {Output.Number(total)} ({done * 100 / total} %), {Output.Number((long)rate)}/s, "
            + $"{Math.Ceiling((total - done) / rate):0} s left";
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate) _ended = true;
        Clear();
    }
}
