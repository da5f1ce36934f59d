using System.Text;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Tests;

public sealed class ProgressTests
{
    private readonly ManualTime _time = new();
    private readonly StringBuilder _shown = new();

    [Fact]
    public void Nothing_is_shown_in_the_first_second()
    {
        using (var progress = Start(isTerminal: true))
        {
            progress.Report(10);
            _time.Advance(TimeSpan.FromMilliseconds(999));
        }
        Assert.Equal("", _shown.ToString());
    }

    [Fact]
    public void Rate_and_time_left_are_shown_in_plain_lines_where_there_is_no_terminal()
    {
        using var progress = Start(isTerminal: false);
        progress.Report(2_000);
        _time.Advance(TimeSpan.FromSeconds(1));
        progress.Report(6_000);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(
            "importing: 2,000 of 10,000 (20 %), 2,000/s, 4 s left\nimporting: 6,000 of 10,000 (60 %), 1,000/s, 4 s "
            + "left\n",
            _shown.ToString());
    }

    [Fact]
    public void A_terminal_sees_one_line_which_goes_away()
    {
        using (var progress = Start(isTerminal: true))
        {
            progress.Report(5_000);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        const string line = "importing: 5,000 of 10,000 (50 %), 5,000/s, 1 s left";
        Assert.Equal($"\r{line}\r{new string(' ', line.Length)}\r", _shown.ToString());
    }

    [Fact]
    public void What_cannot_be_counted_shows_the_time_it_takes()
    {
        using var progress = Start(isTerminal: false);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("importing: 1 s\n", _shown.ToString());
    }

    private ProgressLine Start(bool isTerminal) =>
        new("importing", 10_000, _time, isTerminal, new Lock(), text => _shown.Append(text));

    private sealed class ManualTime : TimeProvider
    {
        private readonly List<Timer> _timers = [];
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new Timer(callback, state, _now + dueTime.Ticks, period.Ticks);
            _timers.Add(timer);
            return timer;
        }

        internal void Advance(TimeSpan by)
        {
            _now += by.Ticks;
            foreach (var timer in _timers) timer.RunUntil(_now);
        }

        private sealed class Timer(TimerCallback callback, object? state, long due, long period) : ITimer
        {
            private long _due = due;

            internal void RunUntil(long now)
            {
                if (now < _due) return;
                while (_due <= now) _due += period;
                callback(state);
            }

            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => _due = long.MaxValue;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return default;
            }
        }
    }
}
