using System.Diagnostics;

namespace SecureUserData.Load;

/// <summary>Audited readings without a sweep, and with sweeps of both kinds beside them in the same engine, in
/// alternating rounds.</summary>
internal static class ReadDuringSweep
{
    internal const string Name = "read-during-sweep";

    private const int Readers = 16;

    private const int NeededUsers = 20_000;

    /// <param name="prepared">The folder of a prepared installation.</param>
    /// <param name="time">How long each of the three runs; a round ends before when everybody is moved.</param>
    /// <param name="users">Users to be prepared where there is no installation yet; null for as many as usual.</param>
    /// <param name="rounds">How often they take turns.</param>
    internal static async Task<IReadOnlyList<FlowResult>> RunAsync(
        string prepared, TimeSpan time, int? users, int rounds)
    {
        await Console.Error.WriteLineAsync($"{Name}: preparing");
        await using var installation = await Installation.OpenAsync(prepared, users ?? NeededUsers);
        var flow = new ReadFlow(installation, Readers);
        await flow.PrepareAsync();
        await installation.AddRecordsAsync(SweepFlow.Records);
        var application = new Sweep(installation, KeyKind.Application);
        var user = new Sweep(installation, KeyKind.User);
        await application.FinishAsync(); // a run that an earlier process has left, of whichever kind
        await RunAsync(flow, application, Comparison.WarmUp);
        await RunAsync(flow, user, Comparison.WarmUp);
        var without = new List<Measurement>();
        var withApplication = new List<(Measurement Readings, double Swept)>();
        var withUser = new List<(Measurement Readings, double Swept)>();
        for (var round = 1; round <= rounds; round++)
        {
            await Console.Error.WriteLineAsync($"{Name}: round {round} of {rounds}");
            without.Add(await flow.RunAsync(time / rounds));
            withApplication.Add(await RunAsync(flow, application, time / rounds));
            withUser.Add(await RunAsync(flow, user, time / rounds));
        }
        return
        [
            Comparison.Medians($"read, {Readers} callers, no sweep", without),
            Result($"read, {Readers} callers, during sweep-app", withApplication, without),
            Result($"read, {Readers} callers, during sweep-users", withUser, without),
        ];
    }

    /// <summary>Reads as long as the sweep goes on: so both are measured over the same time.</summary>
    private static async Task<(Measurement Readings, double Swept)> RunAsync(ReadFlow flow, Sweep sweep, TimeSpan time)
    {
        var sweeping = Task.Run(() => RunAsync(sweep, time));
        flow.Beside = sweeping;
        var readings = await flow.RunAsync(time);
        flow.Beside = null;
        var swept = await sweeping;
        await sweep.FinishAsync();
        return (readings, swept);
    }

    /// <returns>Users moved a second.</returns>
    private static async Task<double> RunAsync(Sweep sweep, TimeSpan time)
    {
        var moved = 0;
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < time && !sweep.IsMoved) moved += await sweep.StepAsync();
        return moved / watch.Elapsed.TotalSeconds;
    }

    private static FlowResult Result(
        string name, IReadOnlyList<(Measurement Readings, double Swept)> rounds, IReadOnlyList<Measurement> without) =>
        Comparison.Medians(name, [.. rounds.Select(round => round.Readings)]) with
        {
            P99Ratio = Comparison.Median(rounds.Zip(
                without, (round, quiet) => round.Readings.Percentile(0.99) / quiet.Percentile(0.99))),
            SweptPerSecond = Comparison.Median(rounds.Select(round => round.Swept)),
        };
}
