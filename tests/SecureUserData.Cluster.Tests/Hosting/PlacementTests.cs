using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime.GrainDirectory;
using Orleans.Runtime.Placement;
using SecureUserData.Cluster.Grains;
using SecureUserData.Cluster.Hosting;

namespace SecureUserData.Cluster.Tests.Hosting;

/// <summary>On which silo users are activated.</summary>
public sealed class PlacementTests
{
    private static readonly SiloAddress[] Silos =
        [.. Enumerable.Range(1, 4).Select(i => SiloAddress.New(IPAddress.Loopback, 10_000 + i, i))];

    private readonly SweptUsers _swept = new();

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

    [Fact]
    public async Task Who_is_swept_is_activated_where_the_sweep_is()
    {
        var user = InternalGrain.GrainIdOf(await ElsewhereAsync());
        var place = await PlaceAsync(user);
        var second = new TaskCompletionSource<int>();

        var swept = await _swept.CallAsync(user, () => PlaceAsync(user));
        var other = _swept.CallAsync(user, () => second.Task);
        await _swept.CallAsync(user, () => Task.FromResult(0));
        var sweptByAnother = await PlaceAsync(user);
        second.SetException(new IOException("The silo is gone."));
        await Assert.ThrowsAsync<IOException>(() => other);

        Assert.Equal((Silos[0], Silos[0]), (swept, sweptByAnother));
        Assert.Equal(place, await PlaceAsync(user));
    }

    [Fact]
    public async Task Nobody_is_activated_on_a_silo_that_takes_nobody_any_more()
    {
        var user = InternalGrain.GrainIdOf(await ElsewhereAsync());
        var place = await _swept.CallAsync(user, () => PlaceAsync(user, Silos[1..]));
        Assert.Contains(place, Silos[1..]);
    }

    [Fact]
    public async Task Whom_a_sweep_calls_is_looked_for_here_unless_he_is_known_to_be_elsewhere()
    {
        var (user, other) = (InternalGrain.GrainIdOf(UserId.New()), InternalGrain.GrainIdOf(UserId.New()));
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var known = new KnownPlaces(
            GrainDirectoryCacheFactory.CreateGrainDirectoryCache(services, new GrainDirectoryOptions()),
            _swept,
            new FirstSilo());
        Assert.Null(Known(known, user));

        var (here, notSwept) = await _swept.CallAsync(
            user, () => Task.FromResult((Known(known, user), Known(known, other))));
        known.AddOrUpdate(new GrainAddress { GrainId = user, SiloAddress = Silos[2] }, version: 1);
        var there = await _swept.CallAsync(user, () => Task.FromResult(Known(known, user)));

        Assert.Equal((Silos[0], null, Silos[2]), (here, notSwept, there));
    }

    private static SiloAddress? Known(KnownPlaces known, GrainId grain) =>
        known.LookUp(grain, out var address, out _) ? address.SiloAddress : null;

    /// <summary>A user whose place is not the silo that asks.</summary>
    private async Task<UserId> ElsewhereAsync()
    {
        while (true)
            if (UserId.New() is var user && !Silos[0].Equals(await PlaceAsync(InternalGrain.GrainIdOf(user))))
                return user;
    }

    /// <summary>Asks the first silo.</summary>
    private Task<SiloAddress> PlaceAsync(GrainId grain, SiloAddress[]? takers = null) =>
        new BesideUserDirector(_swept).OnAddActivation(
            new BesideUserPlacement(),
            new PlacementTarget(grain, [], default, 0),
            new PlacementContext(takers ?? Silos));

    private sealed class FirstSilo : ILocalSiloDetails
    {
        public string Name => "first";

        public string ClusterId => "cluster";

        public string DnsHostName => "localhost";

        public SiloAddress SiloAddress => Silos[0];

        public SiloAddress GatewayAddress => Silos[0];
    }

    private sealed class PlacementContext(SiloAddress[] silos) : IPlacementContext
    {
        public SiloAddress LocalSilo => Silos[0];

        public SiloStatus LocalSiloStatus => SiloStatus.Active;

        public SiloAddress[] GetCompatibleSilos(PlacementTarget target) => silos;

        public IReadOnlyDictionary<ushort, SiloAddress[]> GetCompatibleSilosWithVersions(PlacementTarget target) =>
            throw new NotSupportedException();
    }
}
