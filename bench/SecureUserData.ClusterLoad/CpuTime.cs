using System.Diagnostics;

namespace SecureUserData.ClusterLoad;

/// <summary>Processor time of all threads of the processes that take part.</summary>
/// <param name="Silos">The silos.</param>
/// <param name="Client">This process.</param>
/// <param name="Server">The database; null where it is not on this machine.</param>
internal readonly record struct CpuTime(TimeSpan Silos, TimeSpan Client, TimeSpan? Server)
{
    internal static CpuTime Now(IEnumerable<SiloProcess> silos, Process? server)
    {
        server?.Refresh();
        return new(
            silos.Aggregate(TimeSpan.Zero, (sum, silo) => sum + silo.Cpu),
            Process.GetCurrentProcess().TotalProcessorTime,
            server?.TotalProcessorTime);
    }

    public static CpuTime operator -(CpuTime left, CpuTime right) =>
        new(left.Silos - right.Silos, left.Client - right.Client, left.Server - right.Server);
}
