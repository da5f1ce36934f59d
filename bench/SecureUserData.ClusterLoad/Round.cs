using System.Diagnostics;

namespace SecureUserData.ClusterLoad;

/// <summary>What one round showed.</summary>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Operations">How many operations that were.</param>
/// <param name="Latencies">Of each, in ticks of <see cref="Stopwatch"/>, sorted.</param>
/// <param name="Cpu">Processor time.</param>
/// <param name="Rows">Rows that the log has in the database since.</param>
/// <param name="Batches">Batches that it has since.</param>
internal sealed record Round(
    TimeSpan Elapsed, int Operations, long[] Latencies, CpuTime Cpu, long Rows, long Batches)
{
    internal double PerSecond => Operations / Elapsed.TotalSeconds;

    internal double SiloMicros => Cpu.Silos.TotalMicroseconds / Operations;

    internal double ClientMicros => Cpu.Client.TotalMicroseconds / Operations;

    internal double? ServerMicros => Cpu.Server?.TotalMicroseconds / Operations;

    internal double? RowsPerBatch => Batches == 0 ? null : (double)Rows / Batches;

    internal double? Percentile(double share) => Latencies.Length == 0
        ? null
        : Stopwatch.GetElapsedTime(0, Latencies[(int)((Latencies.Length - 1) * share)]).TotalMilliseconds;

    /// <summary>Lets so many callers call for some time; no two of them the same user.</summary>
    internal static async Task<Round> RunAsync(
        ITarget target, int callers, int users, TimeSpan time, Process? server)
    {
        GC.Collect();
        var log = await target.CountLogAsync();
        var cpu = CpuTime.Now(target.Silos, server);
        var watch = Stopwatch.StartNew();
        var latencies = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var ticks = new List<long>();
            for (var user = caller; watch.Elapsed < time; user = user + callers < users ? user + callers : caller)
            {
                var start = Stopwatch.GetTimestamp();
                await target.CallAsync(user);
                ticks.Add(Stopwatch.GetTimestamp() - start);
            }
            return ticks;
        })));
        var elapsed = watch.Elapsed;
        cpu = CpuTime.Now(target.Silos, server) - cpu;
        var logAfter = await target.CountLogAsync();
        long[] sorted = [.. latencies.SelectMany(ticks => ticks).Order()];
        return new Round(
            elapsed,
            sorted.Length,
            sorted,
            cpu,
            logAfter.Rows - log.Rows,
            logAfter.Batches - log.Batches);
    }
}
