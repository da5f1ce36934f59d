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

    /// <summary>Sweeps by one silo, and by two.</summary>
    internal async Task<IReadOnlyList<FlowResult>> RunSweepsAsync()
    {
        await Console.Error.WriteLineAsync("preparing sweeps");
        await using var one = await Sweep.StartAsync(1, mongoDb, users);
        await using var two = await Sweep.StartAsync(2, mongoDb, users);
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < 2 * warmUp; await two.RunAsync(server))
            await one.RunAsync(server);
        var (ones, twos) = (new List<Round>(), new List<Round>());
        for (var round = 1; round <= rounds; round++)
        {
            await Console.Error.WriteLineAsync($"sweep {round} of {rounds}");
            ones.Add(await one.RunAsync(server));
            twos.Add(await two.RunAsync(server));
        }
        return [Report.Medians(one.Name, ones), Report.Medians(two.Name, twos, ones)];
    }
}
