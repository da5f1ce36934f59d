using System.Collections.Concurrent;
using SecureUserData.Cluster.Grains;
using SecureUserData.Cluster.Hosting;
using SecureUserData.Cluster.Tests.Conformance;
using SecureUserData.Conformance;
using SecureUserData.Ports;
using SecureUserData.Tests.Hosting;

namespace SecureUserData.Cluster.Tests.Hosting;

/// <summary>On which silos the users of a sweep are moved.</summary>
public sealed class SweepPlacementTests(CountedCluster cluster)
    : EngineConformance(cluster), IClassFixture<CountedCluster>
{
    private const int Users = 480;

    [Fact]
    public async Task Each_silo_has_its_share_of_every_sweep_also_one_that_has_come_since()
    {
        var app = await RegisterAsync();
        await Parallel.ForAsync(0, Users, async (i, _) => await app.Session.CreateUserAsync(Named($"user {i}")));
        await Fixture.UnloadIdleAsync();

        for (var sweep = 1; sweep <= 5; sweep++) await SweepAsync(app);
        AssertShared(await SweepAsync(app), silos: 2);

        await cluster.Cluster.StartAdditionalSiloAsync();
        AssertShared(await SweepAsync(app), silos: 3);
    }

    [Fact]
    public async Task Who_is_in_memory_is_moved_where_he_is()
    {
        var app = await RegisterAsync();
        var users = new List<UserActor>();
        for (var i = 0; i < 20; i++) users.Add(await AddUserAsync(app, Named($"user {i}")));
        var before = await ActivationsAsync(users);

        await SweepAsync(app);

        Assert.Equal(before, await ActivationsAsync(users));
    }

    private static Dictionary<string, string> Named(string name) => new() { ["name"] = name };

    /// <summary>Moves everybody to a new key.</summary>
    /// <returns>How many states each silo has stored meanwhile: the users, and a few of what runs the sweep.</returns>
    private async Task<IReadOnlyList<int>> SweepAsync(ApplicationActor app)
    {
        var before = cluster.Stored();
        var rotation = app.RotationOf();
        await rotation.StartAsync(KeyKind.Application);
        var run = (await rotation.RunAheadAsync()).Current!;
        Assert.Equal((run.Total, 0), (run.Moved, run.Failed));
        await rotation.CancelAsync();
        return [.. cluster.Stored().Select(silo => silo.Value - before.GetValueOrDefault(silo.Key))];
    }

    private static void AssertShared(IReadOnlyList<int> stored, int silos)
    {
        var share = Users / silos;
        Assert.Equal(silos, stored.Count);
        Assert.All(stored, count => Assert.InRange(count, share * 3 / 4, share * 5 / 4));
    }

    /// <summary>Calls users, and finds the activations that have answered.</summary>
    private async Task<IReadOnlyList<IGrainContext>> ActivationsAsync(IReadOnlyList<UserActor> users)
    {
        var activations = new List<IGrainContext>();
        foreach (var user in users)
        {
            await user.Self.GetAsync();
            Assert.True(cluster.Cluster.TryGetGrainContext(InternalGrain.GrainIdOf(user.Id), out var activation));
            activations.Add(activation);
        }
        return activations;
    }
}

/// <summary>A cluster that counts what each silo stores.</summary>
public sealed class CountedCluster() : ClusterFixture(2)
{
    private readonly ConcurrentQueue<CountedPorts> _silos = [];

    /// <summary>How many states each silo has stored.</summary>
    internal IReadOnlyDictionary<object, int> Stored() =>
        _silos.ToDictionary(object (silo) => silo, silo => silo.Stored);

    protected override ClusterSiloOptions Change(ClusterSiloOptions options)
    {
        var ports = new CountedPorts(new SiloPorts(options.Stores, options.Wakeups!));
        _silos.Enqueue(ports);
        return options with { Stores = ports };
    }

    private sealed class CountedPorts(IPorts ports) : InterceptedPorts(ports)
    {
        private int _stored;

        internal int Stored => Volatile.Read(ref _stored);

        protected override Task SaveAsync(IStateSlot slot, StoredState state, LogRow? announcement)
        {
            Interlocked.Increment(ref _stored);
            return base.SaveAsync(slot, state, announcement);
        }
    }
}
