namespace SecureUserData.Cli.Rotate;

/// <summary>Stays with a run.</summary>
internal static class RotationWatch
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>Does what need not wait.</summary>
    /// <param name="run">The command.</param>
    /// <param name="target">The rotation.</param>
    /// <param name="toTheEnd">Whether it also waits until the run can go on, to its end or until it rests.</param>
    internal static async Task<Standing> FollowAsync(Run run, RotationTarget target, bool toTheEnd)
    {
        using var progress = new RotationProgress(run, tells: toTheEnd && !run.Around.ErrorIsTerminal);
        try
        {
            var standing = await target.RunAheadAsync(progress, run.Cancellation);
            while (toTheEnd && standing.Current is { IsPaused: false, GoesOn: { } time })
            {
                var left = time - run.Around.Time.GetUtcNow();
                if (left > TimeSpan.Zero)
                    await Task.Delay(left < Period ? left : Period, run.Around.Time, run.Cancellation);
                standing = run.Around.Time.GetUtcNow() < time
                    ? await target.GetAsync()
                    : await target.RunAheadAsync(progress, run.Cancellation);
                if (standing.Current is { } current) progress.Report(current);
            }
            return standing;
        }
        catch (OperationCanceledException) when (run.Cancellation.IsCancellationRequested)
        {
            run.Out.Note(
                "The rotation goes on by itself while an engine runs: "
                + $"'sud rotate status{target.Option}' shows how far it is.");
            throw;
        }
    }
}
