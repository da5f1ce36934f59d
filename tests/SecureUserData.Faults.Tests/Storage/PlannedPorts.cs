using SecureUserData.Ports;
using SecureUserData.Tests.Hosting;

namespace SecureUserData.Faults.Tests.Storage;

/// <summary>Ports that fail by a plan, which a seed makes: before a write, after it, between the two parts of one, or
/// late. Of writes that come together only some are stored then.</summary>
internal sealed class PlannedPorts(IPorts ports, int seed) : InterceptedPorts(ports)
{
    private const string Secret = "a path, which nobody is told";

    private readonly IPorts _ports = ports;
    private readonly Random _random = new(seed);
    private readonly List<string> _plan = [];
    private readonly Lock _gate = new();

    private enum Outcome
    {
        Done,
        Late,
        FailsBefore,
        FailsAfter,
        Torn,
    }

    /// <summary>Whether the plan is followed.</summary>
    internal bool IsFailing { get; set; }

    internal int Failures { get; private set; }

    /// <summary>What it has done so far, for whoever looks into a failure.</summary>
    internal string Plan
    {
        get
        {
            lock (_gate) return string.Join('\n', _plan.TakeLast(60));
        }
    }

    internal void Note(string line)
    {
        lock (_gate) _plan.Add(line);
    }

    protected override async ValueTask<T> ReadAsync<T>(PortCall call, Func<ValueTask<T>> read)
    {
        if (Next(call, isWrite: false) == Outcome.FailsBefore) throw Failure();
        return await read();
    }

    protected override async Task<T> WriteAsync<T>(PortCall call, Func<Task<T>> write)
    {
        switch (Next(call, isWrite: true))
        {
            case Outcome.Late:
                for (var i = 0; i < 20; i++) await Task.Yield();
                return await write();
            case Outcome.FailsAfter:
                await write();
                throw Failure();
            case Outcome.FailsBefore or Outcome.Torn:
                throw Failure();
            default:
                return await write();
        }
    }

    protected override async Task SaveAsync(IStateSlot slot, StoredState state, LogRow? announcement)
    {
        switch (Next(PortCall.SaveState, isWrite: true))
        {
            case Outcome.Torn when announcement is not null: // as a store that cannot do both in one commit
                await _ports.Log.AppendAsync(announcement);
                throw Failure();
            case Outcome.Late when announcement is not null:
                await _ports.Log.AppendAsync(announcement);
                await Task.Yield();
                await slot.SaveAsync(state);
                break;
            case Outcome.FailsBefore or Outcome.Torn:
                throw Failure();
            case var outcome:
                await slot.SaveAsync(state, announcement);
                if (outcome == Outcome.FailsAfter) throw Failure();
                break;
        }
    }

    private Outcome Next(PortCall call, bool isWrite)
    {
        if (!IsFailing) return Outcome.Done;
        lock (_gate)
        {
            var outcome = (_random.Next(100), isWrite) switch
            {
                (0, false) => Outcome.FailsBefore,
                (_, false) => Outcome.Done,
                (< 2, _) => Outcome.FailsBefore,
                (< 4, _) => Outcome.FailsAfter,
                (< 6, _) => Outcome.Torn,
                (< 20, _) => Outcome.Late,
                _ => Outcome.Done,
            };
            _plan.Add($"{call}: {outcome}");
            if (outcome is not (Outcome.Done or Outcome.Late)) Failures++;
            return outcome;
        }
    }

    /// <summary>One of ours, or one of the system's, whose text nobody must get.</summary>
    private Exception Failure()
    {
        lock (_gate)
            return _random.Next(2) == 0
                ? SecureUserDataException.Unavailable("The disk has failed.")
                : new IOException(Secret);
    }

    internal static void AssertTellsNothing(SecureUserDataException refusal) =>
        Assert.DoesNotContain(Secret, refusal.Message);
}
