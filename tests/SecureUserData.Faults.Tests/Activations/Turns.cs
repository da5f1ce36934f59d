using SecureUserData.Ports;
using SecureUserData.Tests.Hosting;

namespace SecureUserData.Faults.Tests.Activations;

/// <summary>Lets two processes use one store in turns: at every call of a port a seed says who goes on, so that a seed
/// gives the same order again.</summary>
internal sealed class Turns(int seed)
{
    private readonly Random _random = new(seed);
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource>[] _waiting = [new(), new()];
    private readonly bool[] _working = new bool[2];

    /// <summary>Does two things, one in each process.</summary>
    internal async Task<(T, T)> BothAsync<T>(Func<Task<T>> one, Func<Task<T>> other)
    {
        lock (_gate) _working[0] = _working[1] = true;
        var (first, second) = (RunAsync(0, one), RunAsync(1, other));
        return (await first, await second);
    }

    internal IPorts Of(int side, IPorts ports) => new TurnPorts(this, side, ports);

    private async Task<T> RunAsync<T>(int side, Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        finally
        {
            lock (_gate)
            {
                _working[side] = false;
                Choose();
            }
        }
    }

    private Task TakeAsync(int side)
    {
        lock (_gate)
        {
            if (!_working[side]) return Task.CompletedTask;
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting[side].Enqueue(turn);
            Choose();
            return turn.Task;
        }
    }

    /// <summary>When all who work wait for a turn, one of them has it.</summary>
    private void Choose()
    {
        int[] working = [.. Enumerable.Range(0, 2).Where(side => _working[side])];
        if (working.Length > 0 && working.All(side => _waiting[side].Count > 0))
            _waiting[working[_random.Next(working.Length)]].Dequeue().SetResult();
    }

    /// <summary>A change and its entry come in one commit, or in two where the seed says so, as in a store that cannot
    /// do both.</summary>
    private sealed class TurnPorts(Turns turns, int side, IPorts ports) : InterceptedPorts(ports)
    {
        private readonly IPorts _ports = ports;

        protected override async ValueTask<T> ReadAsync<T>(PortCall call, Func<ValueTask<T>> read)
        {
            await turns.TakeAsync(side);
            return await read();
        }

        protected override async Task<T> WriteAsync<T>(PortCall call, Func<Task<T>> write)
        {
            await turns.TakeAsync(side);
            return await write();
        }

        protected override async Task SaveAsync(IStateSlot slot, StoredState state, LogRow? announcement)
        {
            await turns.TakeAsync(side);
            bool splits;
            lock (turns._gate) splits = turns._random.Next(2) == 0;
            if (announcement is null || !splits)
            {
                await slot.SaveAsync(state, announcement);
                return;
            }
            await _ports.Log.AppendAsync(announcement);
            await turns.TakeAsync(side);
            await slot.SaveAsync(state);
        }
    }
}
