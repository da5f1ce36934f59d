namespace SecureUserData.Cli.Rotate;

/// <summary>How a rotation stands, the application's or the master key's, as far as the two are alike.</summary>
/// <param name="Current">The run under way.</param>
/// <param name="Past">Earlier runs, newest first.</param>
/// <param name="Report">All of it: a <see cref="RotationReport"/> or a <see cref="MasterRotationReport"/>.</param>
internal sealed record Standing(RotationRun? Current, IReadOnlyList<RotationRun> Past, object Report);

/// <summary>The rotation that a command is about.</summary>
internal abstract class RotationTarget
{
    internal static RotationTarget Of(IRotation rotation) => new Application(rotation);

    internal static RotationTarget Of(IMasterRotation rotation) => new Master(rotation);

    /// <summary>What follows the name of a command that is about the same rotation.</summary>
    internal abstract string Option { get; }

    internal abstract Task<Standing> GetAsync();

    internal abstract Task<Standing> RunAheadAsync(IProgress<RotationRun> progress, CancellationToken cancellation);

    internal abstract Task<Standing> PauseAsync();

    internal abstract Task<Standing> ResumeAsync();

    internal abstract Task<Standing> CancelAsync();

    private sealed class Application(IRotation rotation) : RotationTarget
    {
        internal override string Option => "";

        internal override async Task<Standing> GetAsync() => Of(await rotation.GetAsync());

        internal override async Task<Standing> RunAheadAsync(
            IProgress<RotationRun> progress, CancellationToken cancellation) =>
            Of(await rotation.RunAheadAsync(progress, cancellation));

        internal override async Task<Standing> PauseAsync() => Of(await rotation.PauseAsync());

        internal override async Task<Standing> ResumeAsync() => Of(await rotation.ResumeAsync());

        internal override async Task<Standing> CancelAsync() => Of(await rotation.CancelAsync());

        private static Standing Of(RotationReport report) => new(report.Current, report.Past, report);
    }

    private sealed class Master(IMasterRotation rotation) : RotationTarget
    {
        internal override string Option => " --master";

        internal override async Task<Standing> GetAsync() => Of(await rotation.GetAsync());

        internal override async Task<Standing> RunAheadAsync(
            IProgress<RotationRun> progress, CancellationToken cancellation) =>
            Of(await rotation.RunAheadAsync(progress, cancellation));

        internal override async Task<Standing> PauseAsync() => Of(await rotation.PauseAsync());

        internal override async Task<Standing> ResumeAsync() => Of(await rotation.ResumeAsync());

        internal override async Task<Standing> CancelAsync() => Of(await rotation.CancelAsync());

        private static Standing Of(MasterRotationReport report) => new(report.Current, report.Past, report);
    }
}
