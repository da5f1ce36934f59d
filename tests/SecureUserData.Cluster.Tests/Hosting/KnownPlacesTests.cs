using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime.GrainDirectory;
using SecureUserData.Cluster.Grains;
using SecureUserData.Cluster.Hosting;
using SecureUserData.Rotation;

namespace SecureUserData.Cluster.Tests.Hosting;

/// <summary>Where a silo looks for whom it calls.</summary>
public sealed class KnownPlacesTests : IAsyncDisposable
{
    private static readonly SiloAddress Here = SiloAddress.New(IPAddress.Loopback, 10_001, 1);
    private static readonly SiloAddress There = SiloAddress.New(IPAddress.Loopback, 10_002, 2);

    private readonly SweptUsers _swept = new();
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly KnownPlaces _places;
    private bool _isStopping;

    public KnownPlacesTests() => _places = new KnownPlaces(
        GrainDirectoryCacheFactory.CreateGrainDirectoryCache(_services, new GrainDirectoryOptions()),
        _swept,
        () => _isStopping ? null : Here);

    [Fact]
    public async Task Whom_sweeps_call_is_looked_for_here_as_long_as_one_does()
    {
        var user = User();
        var second = new TaskCompletionSource<int>();

        var first = _swept.CallAsync(user, () => Task.FromResult(Place(user)));
        var other = _swept.CallAsync(user, () => second.Task);
        Assert.Equal((Here, Here, null), (await first, Place(user), Place(User())));

        second.SetException(new IOException("The silo is gone."));
        await Assert.ThrowsAsync<IOException>(() => other);
        Assert.Null(Place(user));
    }

    [Fact]
    public async Task Who_is_known_to_be_elsewhere_is_looked_for_there()
    {
        var user = User();
        Remember(user);
        Assert.Equal(There, await _swept.CallAsync(user, () => Task.FromResult(Place(user))));
    }

    [Fact]
    public async Task Nobody_is_looked_for_here_when_the_silo_is_stopping()
    {
        var user = User();
        _isStopping = true;
        Assert.Null(await _swept.CallAsync(user, () => Task.FromResult(Place(user))));
    }

    [Fact]
    public void Where_a_part_of_a_sweep_was_is_not_remembered()
    {
        var part = InternalGrain.GrainIdOf(new SweepPartitionId(AppId.New(), 3));
        Remember(part);
        Assert.Null(Place(part));
    }

    public async ValueTask DisposeAsync()
    {
        await _places.DisposeAsync();
        await _services.DisposeAsync();
    }

    private static GrainId User() => InternalGrain.GrainIdOf(UserId.New());

    private void Remember(GrainId grain) =>
        _places.AddOrUpdate(new GrainAddress { GrainId = grain, SiloAddress = There }, version: 1);

    private SiloAddress? Place(GrainId grain)
    {
        if (!_places.LookUp(grain, out var address, out _)) return null;
        Assert.NotNull(address.SiloAddress);
        return address.SiloAddress;
    }
}
