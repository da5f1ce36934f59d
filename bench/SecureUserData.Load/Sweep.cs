using SecureUserData.Rotation;

namespace SecureUserData.Load;

/// <summary>Rotations of one kind of key, which move everybody; taken from slice to slice, each about a
/// second.</summary>
internal sealed class Sweep(Installation installation, KeyKind key)
{
    private RotationRun? _run;

    /// <summary>Whether everybody is moved and the run waits for its scan.</summary>
    internal bool IsMoved => _run?.GoesOn is not null;

    private IRotation Rotation => installation.Session.Get(new RotationId(installation.App));

    /// <summary>The next slice of the run under way, or the first of a new one.</summary>
    /// <returns>How many users it has moved.</returns>
    internal async Task<int> StepAsync()
    {
        var before = _run?.Moved ?? 0;
        var report = _run is null ? await Rotation.StartAsync(key) : await Rotation.RunAsync();
        _run = report.Current ?? throw new InvalidOperationException("A run has ended without a scan.");
        if (_run.Failed > 0 || (IsMoved && _run.Moved != _run.Total))
            throw new InvalidOperationException(
                $"{_run.Moved} of {_run.Total} users were moved; {_run.Failed} failed.");
        return (int)(_run.Moved - before);
    }

    /// <summary>Takes a run to its end, if there is one: what is left to move, the wait (by the clock of the
    /// installation alone), the scan, and the destruction of the old keys.</summary>
    internal async Task FinishAsync()
    {
        while ((await Rotation.RunAheadAsync()).Current is not null)
            await installation.AdvanceAsync(RotationPlan.GracePeriod);
        _run = null;
    }
}
