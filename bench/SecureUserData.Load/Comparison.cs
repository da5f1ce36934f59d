namespace SecureUserData.Load;

/// <summary>Runs a flow and its limit in alternating rounds, so that both see the same machine.</summary>
internal static class Comparison
{
    private const int Rounds = 5;
    private const int WarmUpSeconds = 5;

    /// <param name="name">The flow.</param>
    /// <param name="prepared">The folder of a prepared installation.</param>
    /// <param name="folder">Where the limit writes.</param>
    /// <param name="time">How long each side runs.</param>
    /// <param name="users">Users to be prepared where there is no installation yet; null for as many as the flow needs.
    /// </param>
    /// <param name="alone">Without the limit.</param>
    internal static async Task<FlowResult> RunAsync(
        string name, string prepared, string folder, TimeSpan time, int? users, bool alone)
    {
        await Console.Error.WriteLineAsync($"{name}: preparing");
        await using var installation = await Installation.OpenAsync(prepared, users ?? Flow.Needed(name));
        var flow = Flow.All[name](installation);
        await flow.PrepareAsync();
        await flow.RunAsync(TimeSpan.FromSeconds(WarmUpSeconds)); // until the hot code is compiled for good
        var limit = alone ? null : flow.Limit;
        using var replay = limit is null ? null : new Replay(
            installation.Database, folder, readsStates: flow is ReadAllFlow);
        var rounds = new List<(Measurement Flow, (double PerSecond, double CpuMicros)? Limit)>();
        for (var round = 1; round <= Rounds; round++)
        {
            await Console.Error.WriteLineAsync($"{name}: round {round} of {Rounds}");
            rounds.Add((await flow.RunAsync(time / Rounds), replay?.Run()));
        }
        return new FlowResult(
            name,
            Median(rounds.Select(round => round.Flow.PerSecond)),
            Median(rounds.Select(round => round.Flow.Percentile(0.50))),
            Median(rounds.Select(round => round.Flow.Percentile(0.99))),
            Median(rounds.Select(round => round.Flow.CpuMicros)),
            Median(rounds.Select(round => round.Flow.AllocatedBytes)),
            limit,
            limit is null ? null : Median(rounds.Select(round => round.Limit!.Value.PerSecond)),
            limit is null ? null : Median(rounds.Select(round => round.Limit!.Value.CpuMicros)),
            limit is null
                ? null
                : Median(rounds.Select(round => round.Flow.PerSecond / round.Limit!.Value.PerSecond)));
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}

/// <summary>One line of the table: medians over the rounds.</summary>
/// <param name="Flow">What was done.</param>
/// <param name="PerSecond">Operations a second.</param>
/// <param name="P50Ms">Half of them took at most this many milliseconds.</param>
/// <param name="P99Ms">Ninety-nine in a hundred took at most this many milliseconds.</param>
/// <param name="CpuMicros">Processor time an operation, in microseconds, all threads.</param>
/// <param name="AllocatedBytes">Bytes allocated an operation.</param>
/// <param name="Limit">What it is measured against.</param>
/// <param name="LimitPerSecond">The limit's operations a second.</param>
/// <param name="LimitCpuMicros">The limit's processor time an operation, in microseconds.</param>
/// <param name="Ratio">The flow's rate over the limit's, each round by itself.</param>
internal sealed record FlowResult(
    string Flow,
    double PerSecond,
    double P50Ms,
    double P99Ms,
    double CpuMicros,
    double AllocatedBytes,
    string? Limit,
    double? LimitPerSecond,
    double? LimitCpuMicros,
    double? Ratio);
