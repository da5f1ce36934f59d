using System.Diagnostics;

namespace SecureUserData.Load;

/// <summary>Something that callers do again and again.</summary>
internal abstract class Flow
{
    internal const int Callers = 64;

    /// <summary>All flows, in the order of the table.</summary>
    internal static readonly IReadOnlyDictionary<string, Func<Installation, Flow>> All =
        new Dictionary<string, Func<Installation, Flow>>
        {
            ["create"] = installation => new CreateFlow(installation),
            ["set"] = installation => new SetFlow(installation),
            ["read"] = installation => new ReadFlow(installation),
            ["look-up"] = installation => new LookUpFlow(installation),
            ["look-up-one-part"] = installation => new LookUpFlow(installation, part: 0),
            ["refused"] = installation => new RefusedFlow(installation),
            ["record-put"] = installation => new RecordPutFlow(installation),
            ["read-all"] = installation => new ReadAllFlow(installation),
            ["export"] = installation => new ExportFlow(installation),
            ["erase"] = installation => new EraseFlow(installation),
            ["sweep-app"] = installation => new SweepFlow(installation, KeyKind.Application),
            ["sweep-users"] = installation => new SweepFlow(installation, KeyKind.User),
        };

    /// <summary>Users that there must be before a flow begins.</summary>
    internal static int Needed(string flow) => All[flow](null!).NeededUsers;

    /// <summary>What the limit is; null when the flow writes nothing that a limit could write.</summary>
    internal abstract string? Limit { get; }

    /// <summary>Users that there must be before it begins.</summary>
    internal virtual int NeededUsers => 0;

    /// <summary>Callers at a time.</summary>
    protected virtual int Concurrency => Callers;

    internal abstract Task PrepareAsync();

    /// <summary>Runs before each round, outside its time.</summary>
    internal virtual Task BeginAsync() => Task.CompletedTask;

    /// <summary>Runs after each round and its limit, outside their time.</summary>
    internal virtual Task EndAsync() => Task.CompletedTask;

    /// <summary>Whether a round goes on.</summary>
    protected virtual bool GoesOn(TimeSpan elapsed, TimeSpan time) => elapsed < time;

    /// <summary>One step of one caller.</summary>
    /// <returns>How many operations it was.</returns>
    internal abstract Task<int> StepAsync(int caller, int step);

    /// <summary>Lets all callers go for some time.</summary>
    internal virtual async Task<Measurement> RunAsync(TimeSpan time)
    {
        await BeginAsync();
        GC.Collect();
        var operations = 0;
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var watch = Stopwatch.StartNew();
        var latencies = await Task.WhenAll(Enumerable.Range(0, Concurrency).Select(caller => Task.Run(async () =>
        {
            var ticks = new List<long>();
            while (GoesOn(watch.Elapsed, time))
            {
                var start = Stopwatch.GetTimestamp();
                Interlocked.Add(ref operations, await StepAsync(caller, _steps[caller]++));
                ticks.Add(Stopwatch.GetTimestamp() - start);
            }
            return ticks;
        })));
        var elapsed = watch.Elapsed;
        return new Measurement(
            elapsed,
            operations,
            [.. latencies.SelectMany(ticks => ticks).Order()],
            Process.GetCurrentProcess().TotalProcessorTime - cpu,
            GC.GetTotalAllocatedBytes(precise: true) - allocated);
    }

    private readonly int[] _steps = new int[Callers];
}

/// <summary>What one round showed.</summary>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Operations">How many operations that were.</param>
/// <param name="Latencies">Of each step, in ticks of <see cref="Stopwatch"/>, sorted.</param>
/// <param name="Cpu">Processor time of the whole process.</param>
/// <param name="Allocated">Bytes allocated by the whole process.</param>
internal sealed record Measurement(
    TimeSpan Elapsed, int Operations, long[] Latencies, TimeSpan Cpu, long Allocated)
{
    internal double PerSecond => Operations / Elapsed.TotalSeconds;

    internal double CpuMicros => Cpu.TotalMicroseconds / Operations;

    internal double AllocatedBytes => (double)Allocated / Operations;

    internal double Percentile(double share) =>
        Stopwatch.GetElapsedTime(0, Latencies[(int)((Latencies.Length - 1) * share)]).TotalMilliseconds;
}
