using SecureUserData.Tests.Hosting;

namespace SecureUserData.Tests.Users;

/// <summary>Look-ups on ports that wait or fail: each is on the disk before it is answered, and waits for those of its
/// own part alone.</summary>
public sealed class LookUpsTests
{
    private const string Email = "ada@example.org";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_look_up_is_answered_while_another_parts_entry_is_not_on_the_disk_yet()
    {
        await using var bench = await HostBench.CreateAsync();
        var id = await UserAsync(bench);
        var (reached, held) = (new TaskCompletionSource(), new TaskCompletionSource());
        bench.Ports.Appending = () =>
        {
            bench.Ports.Appending = () => Task.CompletedTask;
            reached.SetResult();
            return held.Task;
        };

        var first = Part(bench, 0).FindUsersAsync("email", Email);
        await reached.Task;
        for (var part = 1; part < LookUpsId.Parts; part++)
            Assert.Equal([id], (await InTimeAsync(Part(bench, part).FindUsersAsync("email", Email))).Items);

        Assert.False(first.IsCompleted, "it was answered before it was on record");
        held.SetResult();
        Assert.Equal([id], (await first).Items);
        await bench.VerifyLogAsync();
    }

    [Fact]
    public async Task Nothing_is_looked_for_before_the_entry_is_on_the_disk()
    {
        await using var bench = await HostBench.CreateAsync();
        await UserAsync(bench);
        var looked = 0;
        bench.Ports.Finding = () => looked++;
        bench.Ports.Next = FailingPorts.Failure.BeforeAppending;

        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
            () => Part(bench, 0).FindUsersAsync("email", Email));

        Assert.Equal((ErrorCode.Unavailable, 0), (refusal.Code, looked));
        Assert.Empty(await Part(bench, 0).ReadLogAsync());
        Assert.Single((await Part(bench, 0).FindUsersAsync("email", Email)).Items);
        Assert.Equal(1, looked);
    }

    [Fact]
    public async Task A_part_that_does_not_know_whether_its_entry_is_on_the_disk_begins_anew_from_what_is_there()
    {
        await using var bench = await HostBench.CreateAsync();
        var id = await UserAsync(bench);
        bench.Ports.Next = FailingPorts.Failure.AfterAppending;
        await Assert.ThrowsAsync<SecureUserDataException>(() => Part(bench, 0).FindUsersAsync("email", Email));

        Assert.Equal([id], (await Part(bench, 0).FindUsersAsync("email", Email)).Items);

        Assert.Equal([1L, 2L], (await Part(bench, 0).ReadLogAsync()).Select(entry => entry.Sequence));
        await bench.VerifyLogAsync();
    }

    [Fact]
    public async Task Look_ups_are_spread_over_the_parts_whatever_is_looked_up()
    {
        await using var bench = await HostBench.CreateAsync();
        await UserAsync(bench);

        // That all 200 fall to fewer than 32 parts of 64 has a chance of less than one in 10 to the 40th.
        for (var i = 0; i < 200; i++) await bench.Shop.FindUsersAsync("email", Email);

        var lookUps = (await bench.Shop.Get(bench.ShopId).ListLookUpsAsync(limit: 1_000)).Items;
        Assert.Equal(200, lookUps.Count);
        Assert.InRange(lookUps.Select(entry => entry.Chain).Distinct().Count(), 32, LookUpsId.Parts);
    }

    private static async Task<UserId> UserAsync(HostBench bench) =>
        (await bench.Shop.CreateUserAsync(new Dictionary<string, string> { ["email"] = Email })).Id;

    private static ILookUps Part(HostBench bench, int part) => bench.Shop.Get(new LookUpsId(bench.ShopId, part));

    /// <summary>Does not wait for ever for what waits for something else.</summary>
    private static Task<T> InTimeAsync<T>(Task<T> call) =>
        call.WaitAsync(Patience, TestContext.Current.CancellationToken);
}
