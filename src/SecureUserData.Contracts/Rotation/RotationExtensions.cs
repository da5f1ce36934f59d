namespace SecureUserData;

/// <summary>Shorter ways to follow a rotation.</summary>
public static class RotationExtensions
{
    /// <summary>Does all of the run under way that need not wait, signed in as the application. What it has to wait for
    /// goes on by itself while an engine runs.</summary>
    /// <param name="rotation">The application's rotation.</param>
    /// <param name="progress">Told how far it is, about every second.</param>
    /// <param name="cancellation">Stops it between two slices; it goes on by itself.</param>
    /// <returns>The report when nothing is left, or the rest has to wait or to be resumed.</returns>
    public static async Task<RotationReport> RunAheadAsync(
        this IRotation rotation, IProgress<RotationRun>? progress = null, CancellationToken cancellation = default)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var report = await rotation.RunAsync();
            if (report.Current is not { } run) return report;
            progress?.Report(run);
            if (run.IsPaused || run.GoesOn is not null) return report;
        }
    }

    /// <summary>Does the run under way to its end, signed in as an operator.</summary>
    /// <param name="rotation">The rotation of the master key.</param>
    /// <param name="progress">Told how far it is, about every second.</param>
    /// <param name="cancellation">Stops it between two slices; it goes on by itself.</param>
    /// <returns>The report when nothing is left, or the rest has to be resumed.</returns>
    public static async Task<MasterRotationReport> RunAheadAsync(
        this IMasterRotation rotation,
        IProgress<RotationRun>? progress = null,
        CancellationToken cancellation = default)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var report = await rotation.RunAsync();
            if (report.Current is not { } run) return report;
            progress?.Report(run);
            if (run.IsPaused) return report;
        }
    }
}
