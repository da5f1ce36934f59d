using SecureUserData.Conformance;

namespace SecureUserData.Cluster.Tests.Faults;

/// <summary>The silos that a client is connected to go away.</summary>
public sealed class LostGatewayTests(FaultyCluster cluster) : EngineConformance(cluster), IClassFixture<FaultyCluster>
{
    [Fact]
    public async Task A_client_without_a_gateway_is_told_in_time_and_connects_again()
    {
        var user = await AddUserAsync(await RegisterAsync());
        foreach (var silo in cluster.Cluster.Silos.ToList()) await cluster.Cluster.KillSiloAsync(silo);

        var began = TimeProvider.System.GetTimestamp();
        await RefusedAsync(ErrorCode.Unavailable, user.Self.GetAsync);
        var took = TimeProvider.System.GetElapsedTime(began);
        Assert.True(took < FaultyCluster.CallTimeout * 3, $"The client was told after {took}.");

        await cluster.Cluster.StartAdditionalSiloAsync();
        var profile = await FaultyCluster.AgainAsync(user.Self.GetAsync);
        Assert.Equal("Ada Lovelace", profile.Fields["name"]);
    }
}
