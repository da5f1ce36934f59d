using System.Diagnostics;

namespace SecureUserData.VaultLoad;

/// <summary>What a remover's client does for all services of a group, in turns with bare seals; the embedded server
/// runs in the same process, and on the same cores.</summary>
internal static class Resealing
{
    private const double Least = 0.5;
    private static readonly TimeSpan BareTime = TimeSpan.FromSeconds(3);

    internal static async Task RunAsync(LargeVault vault, int rounds)
    {
        var (client, group) = (vault.Client, vault.Groups[0]);
        var (ours, bare) = (new List<double>(), new List<double>());
        await client.RemoveMemberAsync(group, vault.Leaver);
        for (var round = 0; round < rounds; round++)
        {
            bare.Add(BareSeal.PerSecond(BareTime));
            if (round > 0) await client.RenewGroupKeyAsync(group);
            var (start, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            var sealedAnew = (await client.ResealAsync(group)).Count;
            ours.Add(sealedAnew / Stopwatch.GetElapsedTime(start).TotalSeconds);
            var cost = (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / sealedAnew;
            Console.WriteLine(
                $"{sealedAnew} services: {ours[^1]:0}/s, {cost:0} µs of processor each; bare seals: {bare[^1]:0}/s");
        }
        var ratio = Opening.Median(ours.Zip(bare, (our, peer) => our / peer));
        Console.WriteLine($"seal anew: {Opening.Median(ours):0}/s, bare: {Opening.Median(bare):0}/s on one core, ratio "
            + $"{ratio:0.00}, at least {Least:0.00}");
    }
}
