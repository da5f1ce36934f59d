using SecureUserData.Embedded.Backups;

namespace SecureUserData.Cli.Console;

/// <summary>A line for each step of a backup.</summary>
internal sealed class BackupProgressLine(Output output) : IProgress<BackupProgress>, IDisposable
{
    private BackupStep? _step;
    private ProgressLine? _line;

    public void Report(BackupProgress value)
    {
        if (_step != value.Step)
        {
            _line?.Dispose();
            _step = value.Step;
            _line = output.Progress(
                value.Step switch
                {
                    BackupStep.Copying => "copying bytes",
                    BackupStep.Digesting => "digesting bytes",
                    BackupStep.Verifying => "verifying",
                    BackupStep.Erasing => "erasing users",
                },
                value.Total);
        }
        _line!.Report(value.Done);
    }

    public void Dispose() => _line?.Dispose();
}
