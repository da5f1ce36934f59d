using System.Diagnostics;

namespace SecureUserData.ClusterLoad;

/// <summary>Rotations of the application's key over all users, by clusters of different sizes in turn.</summary>
internal sealed class Sweep(ClusterUnderLoad cluster) : IAsyncDisposable
{
    internal string Name => $"sweep, {cluster.Silos.Count} {(cluster.Silos.Count == 1 ? "silo" : "silos")}";

    private IRotation Rotation => cluster.App.Get(new RotationId(AppId.Parse(cluster.App.Identity.Id)));

    internal static async Task<Sweep> StartAsync(int silos, string mongoDb, int users)
    {
        var cluster = await ClusterUnderLoad.StartAsync(silos, SiloKind.Audited, mongoDb);
        await cluster.PrepareUsersAsync(users);
        await cluster.RestartAsync(); // most whom a sweep comes to have not been called for long
        return new Sweep(cluster);
    }

    /// <summary>Moves everybody to a new key. The run is cancelled when it would wait for its grace period, so that the
    /// next round can begin: nobody is under the old key any more.</summary>
    internal async Task<Round> RunAsync(Process? server)
    {
        var cpu = CpuTime.Now(cluster.Silos, server);
        var watch = Stopwatch.StartNew();
        var run = (await Rotation.StartAsync(KeyKind.Application)).Current!;
        while (run.GoesOn is null) run = (await Rotation.RunAsync()).Current!;
        var elapsed = watch.Elapsed;
        cpu = CpuTime.Now(cluster.Silos, server) - cpu;
        if (run.Failed > 0 || run.Moved != run.Total)
            throw new InvalidOperationException($"{run.Moved} of {run.Total} users were moved; {run.Failed} failed.");
        await Rotation.CancelAsync();
        return new Round(elapsed, (int)run.Moved, [], cpu, Rows: 0, Batches: 0);
    }

    public ValueTask DisposeAsync() => cluster.DisposeAsync();
}
