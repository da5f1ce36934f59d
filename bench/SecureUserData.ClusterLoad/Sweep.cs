using System.Diagnostics;

namespace SecureUserData.ClusterLoad;

/// <summary>Rotations of the application's key over all users.</summary>
/// <param name="name">What it is called.</param>
/// <param name="clusters">Who sweeps, all at the same time, each its own users.</param>
internal sealed class Sweep(string name, IReadOnlyList<ClusterUnderLoad> clusters) : IAsyncDisposable
{
    internal string Name => name;

    private IEnumerable<SiloProcess> Silos => clusters.SelectMany(cluster => cluster.Silos);

    /// <summary>Starts clusters that know nothing of each other and have so many users together.</summary>
    internal static async Task<Sweep> StartAsync(string name, int clusters, int silos, string mongoDb, int users)
    {
        var started = new List<ClusterUnderLoad>();
        for (var i = 0; i < clusters; i++)
        {
            var cluster = await ClusterUnderLoad.StartAsync(silos, SiloKind.Audited, mongoDb);
            await cluster.PrepareUsersAsync(users / clusters);
            await cluster.RestartAsync(); // most whom a sweep comes to have not been called for long
            started.Add(cluster);
        }
        return new Sweep(name, started);
    }

    /// <summary>Moves everybody to a new key. The run is cancelled when it would wait for its grace period, so that the
    /// next round can begin: nobody is under the old key any more.</summary>
    internal async Task<Round> RunAsync(Process? server)
    {
        var cpu = CpuTime.Now(Silos, server);
        var watch = Stopwatch.StartNew();
        var moved = await Task.WhenAll(clusters.Select(cluster => MoveAsync(RotationOf(cluster))));
        var elapsed = watch.Elapsed;
        cpu = CpuTime.Now(Silos, server) - cpu;
        foreach (var cluster in clusters) await RotationOf(cluster).CancelAsync();
        return new Round(elapsed, moved.Sum(), [], cpu, Rows: 0, Batches: 0);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in clusters) await cluster.DisposeAsync();
    }

    private static async Task<int> MoveAsync(IRotation rotation)
    {
        var run = (await rotation.StartAsync(KeyKind.Application)).Current!;
        while (run.GoesOn is null) run = (await rotation.RunAsync()).Current!;
        if (run.Failed > 0 || run.Moved != run.Total)
            throw new InvalidOperationException($"{run.Moved} of {run.Total} users were moved; {run.Failed} failed.");
        return (int)run.Moved;
    }

    private static IRotation RotationOf(ClusterUnderLoad cluster) =>
        cluster.App.Get(new RotationId(AppId.Parse(cluster.App.Identity.Id)));
}
