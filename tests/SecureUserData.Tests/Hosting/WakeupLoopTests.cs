using SecureUserData.Embedded.Hosting;

namespace SecureUserData.Tests.Hosting;

public sealed class WakeupLoopTests
{
    [Fact]
    public async Task What_fails_is_put_off_and_does_not_stand_in_the_way_of_the_others()
    {
        await using var bench = await HostBench.CreateAsync();
        await using var loop = new WakeupLoop(bench.Host, bench.Wakeups, bench.Clock);
        var now = bench.Clock.GetUtcNow();
        // As many as one turn takes: they are of a kind that this program does not know.
        await Task.WhenAll(Enumerable.Range(0, 1_000).Select(
            i => bench.Wakeups.SetAsync($"unknown/{i}", now.AddHours(-1))));
        var (user, _, _) = await bench.UserAsync();
        await bench.Wakeups.SetAsync($"{user}", now); // waking a user does nothing, and succeeds

        await loop.RunAsync();
        Assert.Contains($"{user}", bench.Due());
        await loop.RunAsync();

        Assert.Empty(bench.Due());
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1_000, bench.Due().Count());
    }

    [Fact]
    public async Task An_entity_that_fails_is_woken_again_after_a_minute()
    {
        await using var bench = await HostBench.CreateAsync();
        await using var loop = new WakeupLoop(bench.Host, bench.Wakeups, bench.Clock);
        var user = (await bench.Shop.CreateUserAsync(new Dictionary<string, string> { ["name"] = "ada" })).Id;
        await bench.Wakeups.SetAsync($"{user}", bench.Clock.GetUtcNow());
        bench.Ports.Next = FailingPorts.Failure.LoadingState;

        await loop.RunAsync();
        Assert.Equal(1, bench.Ports.Failures);
        Assert.Empty(bench.Due());

        bench.Clock.Advance(TimeSpan.FromMinutes(1)); // the loop's own timer runs it
        await HostBench.UntilAsync(() => !bench.Due().Any(), "the second call");
        bench.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty(bench.Due()); // it is off the list, not put off
    }
}
