using System.Diagnostics;
using SecureUserData.Vault;
using SecureUserData.Vault.Items;

namespace SecureUserData.VaultLoad;

/// <summary>Adding a service that is in ten groups, from the call to its end: the client's time, and the embedded
/// server's.</summary>
internal static class Adding
{
    private const int InGroups = 10;
    private const int Limit = 50;
    private const int EachRound = 20;

    internal static async Task RunAsync(LargeVault vault, int rounds)
    {
        var times = new List<double>();
        for (var i = 0; i < rounds * EachRound; i++)
        {
            var content = new ItemContent($"added {i}") { Groups = [.. vault.Groups.Take(InGroups)] };
            var start = Stopwatch.GetTimestamp();
            await vault.Client.AddAsync(VaultItemKind.Service, content, LargeVault.Secret);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        Console.WriteLine($"add a service in {InGroups} groups: median {Opening.Median(times):0.0} ms, "
            + $"95th of 100 {times.Order().ElementAt(times.Count * 95 / 100):0.0} ms, at most {Limit} ms");
    }
}
