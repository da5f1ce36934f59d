using SecureUserData.Conformance;
using SecureUserData.Tests.Hosting;

namespace SecureUserData.Tests.Rotation;

/// <summary>How a sweep is divided, and when its slices end.</summary>
public sealed class SweepTests
{
    private const int Users = 80;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 32)]
    [InlineData(2, 64)]
    public async Task As_many_users_are_under_way_as_there_are_processes_for_and_none_is_begun_when_the_slice_is_over(
        int processes, int underWay)
    {
        await using var bench = await HostBench.CreateAsync();
        for (var i = 0; i < Users; i++)
            await bench.Shop.CreateUserAsync(new Dictionary<string, string> { ["name"] = $"user {i}" });
        bench.Processes.Count = processes;
        var rotation = bench.Shop.Get(new RotationId(bench.ShopId));
        var begun = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bench.Ports.Appending = () =>
        {
            var count = Interlocked.Increment(ref begun);
            if (count == 1) return Task.CompletedTask; // that the rotation has begun
            if (count == 1 + underWay)
            {
                bench.Clock.Advance(TimeSpan.FromSeconds(1));
                all.SetResult();
            }
            return all.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        };

        var run = (await rotation.StartAsync(KeyKind.User)).Current!;

        Assert.Equal((Users, underWay), ((int)run.Total, (int)run.Done));
        bench.Ports.Appending = () => Task.CompletedTask;
        run = await new ApplicationActor(bench.ShopId, null!, bench.Shop).FinishAsync(bench.Clock);
        Assert.Equal((RotationPhase.Finished, (long)Users), (run.Phase, run.Moved));
    }
}
