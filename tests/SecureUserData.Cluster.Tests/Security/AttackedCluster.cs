using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.TestingHost;
using SecureUserData.Client.Wire;
using SecureUserData.Cluster.Grains;
using SecureUserData.Cluster.Hosting;
using SecureUserData.Cluster.Tests.Conformance;
using SecureUserData.Ports;
using SecureUserData.Tests.Hosting;

namespace SecureUserData.Cluster.Tests.Security;

/// <summary>Two silos whose logs and stores are watched, and a client that is not ours.</summary>
public sealed class AttackedCluster() : ClusterFixture(2)
{
    internal LogLines Logs { get; } = new();

    /// <summary>An attacker who shares the tests' connections.</summary>
    internal HostileClient Attacker => new(Cluster.Client, Cluster.Silos[0].SiloAddress);

    /// <summary>An attacker with connections of his own. When one of them ends, the runtime loses answers for seconds:
    /// it keeps them for the client to come back, while the client goes on with another gateway.</summary>
    internal async Task<HostileClient> ConnectAsync()
    {
        var current = typeof(InProcessTestCluster)
            .GetProperty("ClientHost", BindingFlags.Instance | BindingFlags.NonPublic)!;
        var tests = current.GetValue(Cluster);
        current.SetValue(Cluster, null); // it would end the one that is there
        await Cluster.InitializeClientAsync();
        var own = (IHost)current.GetValue(Cluster)!;
        current.SetValue(Cluster, tests);
        return new HostileClient(
            own.Services.GetRequiredService<IClusterClient>(), Cluster.Silos[0].SiloAddress, own);
    }

    /// <summary>Stands before every write of the silos; null for nothing.</summary>
    internal Func<PortCall, Task>? BeforeWrite { get; set; }

    /// <summary>Stands before every read of the silos; null for nothing.</summary>
    internal Func<PortCall, Task>? BeforeRead { get; set; }

    protected override ClusterSiloOptions Change(ClusterSiloOptions options) => options with
    {
        Stores = new WatchedPorts(new SiloPorts(options.Stores, options.Wakeups!), this),
        TokenTime = Clock,
    };

    protected override void Configure(ISiloBuilder silo) =>
        silo.Services.AddLogging(logging => logging
            .AddProvider(Logs)
            .SetMinimumLevel(LogLevel.Information)
            .AddFilter("Orleans", LogLevel.Information));

    /// <summary>The client knows how internal calls look on the wire, too.</summary>
    protected override void Configure(IClientBuilder client)
    {
        client.AddOutgoingGrainCallFilter<SentCalls>();
        client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5));
        client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1));
        client.Services.AddWire(InternalGrain.Interfaces);
    }

    private sealed class WatchedPorts(IPorts ports, AttackedCluster cluster) : InterceptedPorts(ports)
    {
        protected override async ValueTask<T> ReadAsync<T>(PortCall call, Func<ValueTask<T>> read)
        {
            if (cluster.BeforeRead is { } before) await before(call);
            return await read();
        }

        protected override async Task<T> WriteAsync<T>(PortCall call, Func<Task<T>> write)
        {
            if (cluster.BeforeWrite is { } before) await before(call);
            return await write();
        }
    }
}
