using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using SecureUserData.Applications;
using SecureUserData.Cluster;
using SecureUserData.Cluster.Mongo;
using SecureUserData.Cryptography;
using SecureUserData.Ports;

namespace SecureUserData.ClusterLoad;

/// <summary>A silo in a process of its own. It ends with its standard input, so that it never outlives who has started
/// it.</summary>
internal static class SiloProgram
{
    internal const string Ready = "ready";

    internal static async Task RunAsync(SiloSettings settings)
    {
        if (settings.Kind == SiloKind.Bare)
        {
            await RunAsync(settings, _ => { });
            return;
        }
        using var masters = MasterKeyRing.Parse(Environment.GetEnvironmentVariable(SiloSettings.MasterKey)!);
        await using var store = Store(settings);
        using var keys = await InstallationSetup.OpenAsync(store.Slot, masters);
        store.Start(keys);
        await RunAsync(settings, silo => silo.UseInMemoryReminderService().UseSecureUserData(new ClusterSiloOptions
        {
            Masters = masters,
            Keys = keys,
            Stores = settings.Kind == SiloKind.MemoryLog ? new MemoryStores(store) : store,
            Wakeups = new NoWakeups(),
            UnloadAfter = TimeSpan.FromHours(1), // whoever is in memory stays there
        }));
    }

    internal static MongoStore Store(SiloSettings settings) => new(
        new MongoOptions(settings.MongoDb, settings.Database), TimeProvider.System, NullLoggerFactory.Instance);

    private static async Task RunAsync(SiloSettings settings, Action<ISiloBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(
                settings.Port,
                settings.GatewayPort,
                new IPEndPoint(IPAddress.Loopback, settings.PrimaryPort),
                SiloSettings.ClusterId,
                SiloSettings.ClusterId);
            configure(silo);
        });
        using var host = builder.Build();
        await host.StartAsync();
        Console.WriteLine(Ready);
        await Console.In.ReadToEndAsync();
        await host.StopAsync();
    }

    /// <summary>The driver goes on with a sweep itself; nothing else wakes.</summary>
    private sealed class NoWakeups : IWakeups
    {
        public Task SetAsync(string entity, DateTimeOffset? due) => Task.CompletedTask;
    }
}
