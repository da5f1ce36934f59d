using System.Diagnostics;

namespace SecureUserData.VaultLoad;

/// <summary>What a remover's client does for all services of a group, in turns with bare seals; the embedded server
/// runs in the same process, and on the same cores. Each service was sealed on its own, which costs most to open; what
/// was sealed anew together opens faster the next time, and is told apart.</summary>
internal static class Resealing
{
    private const double Least = 0.5;
    private static readonly TimeSpan BareTime = TimeSpan.FromSeconds(3);

    internal static async Task RunAsync(LargeVault vault)
    {
        BareSeal.PerSecond(BareTime); // warms up
        var first = await RoundsAsync(vault, "first time");
        await RoundsAsync(vault, "again");
        Console.WriteLine($"seal anew: ratio {first:0.00} to bare seals on one core, at least {Least:0.00}");
    }

    private static async Task<double> RoundsAsync(LargeVault vault, string what)
    {
        var client = vault.Client;
        var ratios = new List<double>();
        foreach (var group in vault.Groups.Take(LargeVault.Large))
        {
            var bare = BareSeal.PerSecond(BareTime);
            var leaver = client.Ledger.Group(group).Members.Keys.First(member => member != client.Me);
            await client.RemoveMemberAsync(group, leaver);
            var (start, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            var count = (await client.ResealAsync(group)).Count;
            var rate = count / Stopwatch.GetElapsedTime(start).TotalSeconds;
            var cost = (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / count;
            ratios.Add(rate / bare);
            Console.WriteLine($"{count} services, {what}: {rate:0}/s, {cost:0} µs of processor each; bare {bare:0}/s; "
                + $"{ratios[^1]:0.00}");
        }
        return Opening.Median(ratios);
    }
}
