using System.Net;
using Orleans.Runtime.Placement;
using SecureUserData.Cluster.Grains;

namespace SecureUserData.Cluster.Tests.Hosting;

/// <summary>On which silo users are activated.</summary>
public sealed class PlacementTests
{
    private static readonly SiloAddress[] Silos =
        [.. Enumerable.Range(1, 4).Select(i => SiloAddress.New(IPAddress.Loopback, 10_000 + i, i))];

    [Fact]
    public async Task Users_are_spread_and_their_consents_are_beside_them()
    {
        var users = Enumerable.Range(0, 400).Select(_ => UserId.New()).ToList();
        var places = new List<SiloAddress>();
        foreach (var user in users)
        {
            places.Add(await PlaceAsync(InternalGrain.GrainIdOf(user)));
            Assert.Equal(places[^1], await PlaceAsync(InternalGrain.GrainIdOf(new ConsentId(user, ScriptId.New()))));
        }
        Assert.All(Silos, silo => Assert.InRange(places.Count(place => place.Equals(silo)), 60, 140)); // of about 100
    }

    private static Task<SiloAddress> PlaceAsync(GrainId grain) => new BesideUserDirector().OnAddActivation(
        new BesideUserPlacement(), new PlacementTarget(grain, [], default, 0), new PlacementContext());

    private sealed class PlacementContext : IPlacementContext
    {
        public SiloAddress LocalSilo => Silos[0];

        public SiloStatus LocalSiloStatus => SiloStatus.Active;

        public SiloAddress[] GetCompatibleSilos(PlacementTarget target) => Silos;

        public IReadOnlyDictionary<ushort, SiloAddress[]> GetCompatibleSilosWithVersions(PlacementTarget target) =>
            throw new NotSupportedException();
    }
}
