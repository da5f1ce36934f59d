using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace SecureUserData.ClusterLoad;

/// <summary>The limit: bare grains in silos of their own, as many as there are users.</summary>
internal sealed class BareTarget(
    IHost host, IReadOnlyList<SiloProcess> silos, IReadOnlyList<IBareGrain> grains) : ITarget
{
    private static readonly BareSelection Selection = new([.. People.Selection.Fields], null, null, 100);

    public string Name => "bare";

    public IReadOnlyList<SiloProcess> Silos => silos;

    internal static async Task<ITarget> StartAsync(int silos, int users)
    {
        var processes = await SiloProcess.StartAsync(silos, SiloKind.Bare, "", "", "");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleansClient(client => client
            .UseStaticClustering(
                [.. processes.Select(silo => new IPEndPoint(IPAddress.Loopback, silo.Settings.GatewayPort))])
            .Configure<ClusterOptions>(cluster =>
                (cluster.ClusterId, cluster.ServiceId) = (SiloSettings.ClusterId, SiloSettings.ClusterId)));
        var host = builder.Build();
        await host.StartAsync();
        var factory = host.Services.GetRequiredService<IClusterClient>();
        return new BareTarget(
            host,
            processes,
            [.. Enumerable.Range(0, users).Select(_ => factory.GetGrain<IBareGrain>(UserId.New().ToString()))]);
    }

    public async Task CallAsync(int user)
    {
        var reading = await grains[user].ReadAsync(Selection);
        if (reading.Fields.Count != 1) throw new InvalidOperationException("A reading is incomplete.");
    }

    public Task<(long Rows, long Batches)> CountLogAsync() => Task.FromResult((0L, 0L));

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
        foreach (var silo in silos.Reverse()) await silo.DisposeAsync();
    }
}
