using System.Diagnostics;

namespace SecureUserData.ClusterLoad;

/// <summary>Lets flows take turns, so that all see the same machine.</summary>
/// <param name="mongoDb">How to reach MongoDB.</param>
/// <param name="rounds">How often they take turns.</param>
/// <param name="users">How many users there are.</param>
/// <param name="warmUp">How long each runs before the first round, until the hot code is compiled for good.</param>
/// <param name="server">The process of the database, if it is on this machine.</param>
internal sealed class Comparison(string mongoDb, int rounds, int users, TimeSpan warmUp, Process? server)
{
    internal const string Bare = "bare";
    internal const string Read = "read";
    internal const string ReadMemory = "read-memory";
    internal const string Sweeps = "sweep";

    /// <summary>Readings, beside the limit.</summary>
    /// <param name="flows">Which of them.</param>
    /// <param name="silos">How many silos each has.</param>
    /// <param name="callers">How many call at a time.</param>
    /// <param name="time">How long each runs, over all rounds.</param>
    internal async Task<IReadOnlyList<FlowResult>> RunReadsAsync(
        IReadOnlyCollection<string> flows, int silos, int callers, TimeSpan time)
    {
        await Console.Error.WriteLineAsync("preparing");
        var targets = new List<ITarget> { await BareTarget.StartAsync(silos, users) };
        try
        {
            if (flows.Contains(Read))
                targets.Add(await ReadTarget.StartAsync(Read, silos, SiloKind.Audited, mongoDb, users));
            if (flows.Contains(ReadMemory)) // what one silo's log has, another one's does not know
                targets.Add(await ReadTarget.StartAsync(ReadMemory, 1, SiloKind.MemoryLog, mongoDb, users));
            foreach (var target in targets)
            {
                await Console.Error.WriteLineAsync($"warming up {target.Name}");
                await Round.RunAsync(target, callers, users, warmUp, server);
            }
            var results = targets.ConvertAll(_ => new List<Round>());
            for (var round = 1; round <= rounds; round++)
            {
                await Console.Error.WriteLineAsync($"round {round} of {rounds}");
                for (var i = 0; i < targets.Count; i++)
                    results[i].Add(await Round.RunAsync(targets[i], callers, users, time / rounds, server));
            }
            return [.. targets.Select((target, i) =>
                Report.Medians(target.Name, results[i], i == 0 ? null : results[0]))];
        }
        finally
        {
            foreach (var target in targets) await target.DisposeAsync();
        }
    }

    /// <summary>Sweeps by one silo, by two, and by two clusters of one silo at the same time: what two silos could do
    /// on the same processors if they had nothing to do with each other.</summary>
    internal async Task<IReadOnlyList<FlowResult>> RunSweepsAsync()
    {
        await Console.Error.WriteLineAsync("preparing sweeps");
        await using var one = await Sweep.StartAsync("sweep, 1 silo", clusters: 1, silos: 1, mongoDb, users);
        await using var two = await Sweep.StartAsync("sweep, 2 silos", clusters: 1, silos: 2, mongoDb, users);
        await using var apart = await Sweep.StartAsync("sweep, 2 clusters", clusters: 2, silos: 1, mongoDb, users);
        Sweep[] sweeps = [one, two, apart];
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < sweeps.Length * warmUp;)
            foreach (var sweep in sweeps) await sweep.RunAsync(server);
        var results = sweeps.Select(_ => new List<Round>()).ToList();
        for (var round = 1; round <= rounds; round++)
        {
            await Console.Error.WriteLineAsync($"sweep {round} of {rounds}");
            for (var i = 0; i < sweeps.Length; i++) results[i].Add(await sweeps[i].RunAsync(server));
        }
        return [.. sweeps.Select((sweep, i) => Report.Medians(sweep.Name, results[i], i == 0 ? null : results[0]))];
    }
}
