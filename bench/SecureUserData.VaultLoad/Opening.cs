using System.Diagnostics;
using SecureUserData.Vault;

namespace SecureUserData.VaultLoad;

/// <summary>Opening a vault that was seen before, and one that was not: keys and what was kept are in memory, all else
/// from there on is counted.</summary>
internal static class Opening
{
    private const int Limit = 1_000;

    internal static async Task RunAsync(LargeVault vault, int rounds)
    {
        var (client, engine) = (vault.Client, vault.Engine);
        var kept = client.KeepTrust();
        Console.WriteLine($"{client.Trust.Acts.Count} acts, {kept.Length / 1e6:0.0} MB kept");
        var times = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var (item, group) = (client.Ledger.Items.Values.First(), vault.Groups[0]);
            await client.PutAsync(item, item.Content with { Name = $"renamed {round}" }); // there is something new
            var start = Stopwatch.GetTimestamp();
            // The keys are shared: the client is not disposed of, which would dispose of them.
            var opened = await VaultClient.ConnectAsync(engine, client.Keys, VaultTrust.Parse(kept, client.Keys));
            var services = await opened.ListAsync(VaultItemKind.Service);
            var found = await opened.SearchAsync(new VaultSearch { Words = ["HOST77", "rack"], Group = group });
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (round == 0) Console.WriteLine($"{services.Count} services listed, {found.Count} items found");
        }
        Console.WriteLine(
            $"open, list and search: {Median(times):0} ms ({times.Min():0} to {times.Max():0}), at most {Limit} ms");
        var first = Stopwatch.GetTimestamp();
        await VaultClient.ConnectAsync(engine, client.Keys, new VaultTrust(client.Trust.Vault, client.Trust.Root));
        Console.WriteLine($"open for the first time: {Stopwatch.GetElapsedTime(first).TotalMilliseconds:0} ms");
    }

    internal static double Median(IReadOnlyCollection<double> values) =>
        values.Order().Skip((values.Count - 1) / 2).Take(2 - values.Count % 2).Average();
}
