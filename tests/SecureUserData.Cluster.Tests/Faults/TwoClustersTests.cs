using System.Collections.Concurrent;
using SecureUserData.Client;
using SecureUserData.Conformance;

namespace SecureUserData.Cluster.Tests.Faults;

/// <summary>Two clusters on one storage, each of which thinks that it is the only one: every user has two activations,
/// as when a network is cut in two.</summary>
public sealed class TwoClustersTests(FaultyCluster cluster) : EngineConformance(cluster), IClassFixture<FaultyCluster>
{
    [Fact]
    public async Task Two_activations_of_a_user_never_both_release()
    {
        var readings = FaultyCluster.IsLong ? 500 : 25;
        var app = await RegisterAsync();
        var script = await AddScriptAsync(app);
        var user = await AddUserAsync(app);
        await user.To(script).GiveAsync();
        await using var other = await cluster.DeployAsync();
        var engines = new[] { Engine, new SecureUserDataClient(other.Client, Clock) };
        var refused = new ConcurrentQueue<SecureUserDataException>();
        var answered = 0;

        await Task.WhenAll(engines.Select(async engine =>
        {
            var reader = script with { Session = await engine.SignInAsync(script.Credential) };
            for (var i = 0; i < readings; i++)
            {
                try
                {
                    Assert.Equal("Ada Lovelace", (await reader.ReadAsync(user, "name")).Fields["name"]);
                    Interlocked.Increment(ref answered);
                }
                catch (SecureUserDataException exception)
                {
                    refused.Enqueue(exception);
                }
            }
        }));

        Assert.All(refused, refusal => Assert.Equal(ErrorCode.Conflict, refusal.Code));
        foreach (var engine in engines)
            await FaultyCluster.AgainAsync(async () =>
                (await (await engine.SignInAsync(script.Credential)).Get(new ConsentId(user.Id, script.Id))
                    .ReadAsync(new Selection { Fields = ["name"] })).Fields.Count);
        var log = await FaultyCluster.AgainAsync(() => LogAsync(user)); // its numbers are distinct and have no gaps
        Assert.Equal(answered + 2, log.Where(entry => entry.Activity == Activity.DataRead).Sum(entry => entry.Count));
        TestContext.Current.TestOutputHelper?.WriteLine($"{answered} answered, {refused.Count} refused");
        await other.StopAllSilosAsync();
    }
}
