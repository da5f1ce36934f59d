using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Rotate;

/// <summary>Shows how far a run of a rotation is, phase by phase.</summary>
/// <param name="run">The command.</param>
/// <param name="tells">Whether each phase gets a line of its own, as it begins.</param>
internal sealed class RotationProgress(Run run, bool tells) : IProgress<RotationRun>, IDisposable
{
    private readonly ProgressLine _line = run.Out.Progress("rotating");
    private RotationRun? _before;

    public void Report(RotationRun value)
    {
        if (_before is null || value.Phase != _before.Phase || value.GoesOn != _before.GoesOn
            || value.Done < _before.Done) // it looks at everybody once more
        {
            var phase = RotationWords.Phase(value);
            _line.Begin(phase, value.GoesOn is null && value.Total > 0 ? value.Total : null, value.Done);
            if (tells) run.Out.Note(phase);
        }
        _before = value;
        _line.Report(value.Done);
        _line.Add(Left(value) ?? (value.Failed > 0 ? $"{Output.Number(value.Failed)} failed" : null));
    }

    private string? Left(RotationRun value) => value.GoesOn - run.Around.Time.GetUtcNow() is { } left
        ? $"{Math.Max(0, Math.Ceiling(left.TotalSeconds)):0} s left"
        : null;

    public void Dispose() => _line.Dispose();
}
