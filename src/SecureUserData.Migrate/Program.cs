using System.Runtime.InteropServices;

namespace SecureUserData.Migrate;

/// <summary>The command <c>sud-migrate</c>.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return await RunAsync(args, Surroundings.OfThisProcess(), stop.Token);

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = !stop.IsCancellationRequested; // the second one ends the process
            stop.Cancel();
        }
    }

    /// <summary>Runs one command line.</summary>
    /// <returns>0 on success, 2 when the command line is wrong, 130 when stopped, otherwise 1.</returns>
    internal static Task<int> RunAsync(string[] args, Surroundings around, CancellationToken cancellation) =>
        new CommandLine(around, cancellation).RunAsync(args);
}
