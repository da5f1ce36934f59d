using System.Diagnostics;

namespace SecureUserData.Load;

/// <summary>Runs a flow and its limit in alternating rounds, so that both see the same machine.</summary>
internal static class Comparison
{
    /// <summary>Until the hot code is compiled for good.</summary>
    internal static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    /// <param name="name">The flow.</param>
    /// <param name="prepared">The folder of a prepared installation.</param>
    /// <param name="folder">Where the limit writes.</param>
    /// <param name="time">How long each side runs.</param>
    /// <param name="users">Users to be prepared where there is no installation yet; null for as many as the flow needs.
    /// </param>
    /// <param name="rounds">How often they take turns.</param>
    /// <param name="alone">Without the limit.</param>
    internal static async Task<FlowResult> RunAsync(
        string name, string prepared, string folder, TimeSpan time, int? users, int rounds, bool alone)
    {
        await Console.Error.WriteLineAsync($"{name}: preparing");
        await using var installation = await Installation.OpenAsync(prepared, users ?? Flow.Needed(name));
        var flow = Flow.All[name](installation);
        await flow.PrepareAsync();
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < WarmUp; await flow.EndAsync())
            await flow.RunAsync(WarmUp);
        using var limit = alone || flow.Limit is null ? null : OpenLimit(flow, installation, folder);
        var flows = new List<Measurement>();
        var limits = new List<(double PerSecond, double CpuMicros)>();
        for (var round = 1; round <= rounds; round++)
        {
            await Console.Error.WriteLineAsync($"{name}: round {round} of {rounds}");
            flows.Add(await flow.RunAsync(time / rounds));
            if (limit is not null) limits.Add(limit.Run());
            await flow.EndAsync();
        }
        var result = Medians(name, flows);
        return limit is null ? result : result with
        {
            Limit = flow.Limit,
            LimitPerSecond = Median(limits.Select(round => round.PerSecond)),
            LimitCpuMicros = Median(limits.Select(round => round.CpuMicros)),
            Ratio = Median(flows.Zip(limits, (flow, limit) => flow.PerSecond / limit.PerSecond)),
        };
    }

    private static ILimit OpenLimit(Flow flow, Installation installation, string folder) => flow is SweepFlow sweep
        ? new SweepReplay(installation.Database, folder, sweep.Key)
        : new Replay(installation.Database, folder, readsStates: flow is ReadAllFlow);

    internal static FlowResult Medians(string name, IReadOnlyList<Measurement> rounds) => new(
        name,
        Median(rounds.Select(round => round.PerSecond)),
        Median(rounds.Select(round => round.Percentile(0.50))),
        Median(rounds.Select(round => round.Percentile(0.99))),
        Median(rounds.Select(round => round.CpuMicros)),
        Median(rounds.Select(round => round.AllocatedBytes)));

    internal static double Median(IEnumerable<double> values) =>
        values.Order().ToList() is var sorted ? sorted[sorted.Count / 2] : 0;
}

/// <summary>One line of the table: medians over the rounds.</summary>
/// <param name="Flow">What was done.</param>
/// <param name="PerSecond">Operations a second.</param>
/// <param name="P50Ms">Half of them took at most this many milliseconds.</param>
/// <param name="P99Ms">Ninety-nine in a hundred took at most this many milliseconds.</param>
/// <param name="CpuMicros">Processor time an operation, in microseconds, all threads.</param>
/// <param name="AllocatedBytes">Bytes allocated an operation.</param>
internal sealed record FlowResult(
    string Flow,
    double PerSecond,
    double P50Ms,
    double P99Ms,
    double CpuMicros,
    double AllocatedBytes)
{
    /// <summary>What it is measured against; null for nothing.</summary>
    public string? Limit { get; init; }

    /// <summary>The limit's operations a second.</summary>
    public double? LimitPerSecond { get; init; }

    /// <summary>The limit's processor time an operation, in microseconds.</summary>
    public double? LimitCpuMicros { get; init; }

    /// <summary>The flow's rate over the limit's, each round by itself.</summary>
    public double? Ratio { get; init; }

    /// <summary>The p99 beside a sweep over that without one, each round by itself; null where there is none.</summary>
    public double? P99Ratio { get; init; }

    /// <summary>Users a second that the sweep has moved meanwhile.</summary>
    public double? SweptPerSecond { get; init; }
}
