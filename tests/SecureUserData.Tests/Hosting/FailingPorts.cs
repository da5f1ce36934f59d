using SecureUserData.Ports;

namespace SecureUserData.Tests.Hosting;

/// <summary>Ports that fail once when told to: before the write, or after it, when nobody knows any more.</summary>
internal sealed class FailingPorts(IPorts ports, IAccessLog? log = null) : InterceptedPorts(ports, log)
{
    private int _failures;

    internal enum Failure
    {
        None,
        LoadingState,
        BeforeSavingState,
        AfterSavingState,
        BeforeAppending,
        AfterAppending,
        BeforeDeleting,
        BeforeExpiring,
        WhileExpiring,
        BeforePurging,
        BeforeSettingWakeup,
    }

    internal Failure Next { get; set; }

    /// <summary>How often it does not fail before it does.</summary>
    internal int Skip { get; set; }

    internal int Failures => _failures;

    /// <summary>Whether something was changed, or may have been, since the last purge.</summary>
    internal bool IsPurgeDue { get; private set; }

    /// <summary>Runs before an entry is appended.</summary>
    internal Func<Task> Appending { get; set; } = () => Task.CompletedTask;

    /// <summary>Runs before states are looked for.</summary>
    internal Action Finding { get; set; } = () => { };

    protected override ValueTask<T> ReadAsync<T>(PortCall call, Func<ValueTask<T>> read)
    {
        if (call == PortCall.LoadState) FailIf(Failure.LoadingState);
        if (call == PortCall.FindStates) Finding();
        return read();
    }

    protected override async Task<T> WriteAsync<T>(PortCall call, Func<Task<T>> write)
    {
        if (call == PortCall.AppendEntry)
        {
            await Appending();
            FailIf(Failure.BeforeAppending);
        }
        if (call == PortCall.DeleteRecords) FailIf(Failure.BeforeDeleting);
        if (call == PortCall.SetWakeup) FailIf(Failure.BeforeSettingWakeup);
        if (call == PortCall.Purge) FailIf(Failure.BeforePurging);
        IsPurgeDue = call != PortCall.Purge && (IsPurgeDue || call == PortCall.DeleteRecords);
        var result = await write();
        if (call == PortCall.AppendEntry) FailIf(Failure.AfterAppending);
        return result;
    }

    protected override async Task SaveAsync(IStateSlot slot, StoredState state, LogRow? announcement)
    {
        if (announcement is not null) await Log.AppendAsync(announcement); // as a store that cannot do both
        FailIf(Failure.BeforeSavingState);
        IsPurgeDue |= announcement is not null;
        await slot.SaveAsync(state);
        FailIf(Failure.AfterSavingState);
    }

    protected override async Task ExpireAsync(
        IAccessLog log, string chain, IReadOnlyList<long> sequences, byte[] body)
    {
        FailIf(Failure.BeforeExpiring);
        IsPurgeDue = true;
        await log.ExpireAsync(chain, [.. sequences.Take(1)], body); // as a store that cannot do all at once
        FailIf(Failure.WhileExpiring);
        await log.ExpireAsync(chain, sequences, body);
    }

    private void FailIf(Failure failure)
    {
        if (Next != failure || Skip-- > 0) return;
        Next = Failure.None;
        Interlocked.Increment(ref _failures);
        throw SecureUserDataException.Unavailable("The disk has failed.");
    }
}
