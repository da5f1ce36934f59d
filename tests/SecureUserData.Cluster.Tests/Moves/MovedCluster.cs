using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.TestingHost;
using SecureUserData.Applications;
using SecureUserData.Client;
using SecureUserData.Client.Wire;
using SecureUserData.Cluster.Mongo;
using SecureUserData.Cluster.Tests.Conformance;
using SecureUserData.Cluster.Tests.Mongo;

namespace SecureUserData.Cluster.Tests.Moves;

/// <summary>Two silos on databases that an installation has moved to.</summary>
internal sealed class MovedCluster : IAsyncDisposable
{
    private readonly List<MongoStore> _stores = [];
    private readonly TestWakeups _wakeups;
    private InProcessTestCluster? _cluster;
    private InstallationKeys? _keys;

    private MovedCluster(TimeProvider time) => _wakeups = new TestWakeups(time);

    internal ISecureUserData Engine { get; private set; } = null!;

    internal ClusterLog Log => ((IServiceProvider)_cluster!.GetSiloServiceProvider(_cluster.Silos[0].SiloAddress))
        .GetRequiredService<ClusterLog>();

    internal static async Task<MovedCluster> StartAsync(MoveBench bench)
    {
        var moved = new MovedCluster(bench.Clock);
        var options = new MongoOptions(MongoServer.ConnectionString, bench.Name);
        await using (var store = new MongoStore(options, bench.Clock, NullLoggerFactory.Instance))
            moved._keys = await InstallationSetup.OpenAsync(store.Slot, bench.Masters);
        var builder = new InProcessTestClusterBuilder(2);
        builder.Options.ConfigureFileLogging = false;
        builder.Options.InitializeClientOnDeploy = false; // it would call what clients may not
        // Its own directory lies outside the silos: the one of the silos is what is used.
        typeof(InProcessTestClusterOptions)
            .GetProperty("UseTestClusterGrainDirectory", BindingFlags.Instance | BindingFlags.NonPublic)!
            .SetValue(builder.Options, false);
        builder.ConfigureSilo((_, silo) =>
        {
            var store = new MongoStore(options, bench.Clock, NullLoggerFactory.Instance);
            store.Start(moved._keys);
            lock (moved._stores) moved._stores.Add(store);
            silo.UseInMemoryReminderService();
            silo.UseSecureUserData(new ClusterSiloOptions
            {
                Masters = bench.Masters,
                Keys = moved._keys,
                Stores = store,
                Wakeups = moved._wakeups,
                Time = bench.Clock,
            });
        });
        builder.ConfigureClient(client => client.Services.AddWire(WireRegistration.PublicInterfaces));
        moved._cluster = builder.Build();
        await moved._cluster.DeployAsync();
        await moved._cluster.InitializeClientAsync();
        moved.Engine = new SecureUserDataClient(moved._cluster.Client, bench.Clock);
        return moved;
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.StopAllSilosAsync();
            await _cluster.DisposeAsync();
        }
        foreach (var store in _stores) await store.DisposeAsync();
        await _wakeups.DisposeAsync();
        _keys?.Dispose();
    }
}
