using SecureUserData.Access;
using SecureUserData.Embedded;

namespace SecureUserData.Tests.Hosting;

public sealed class EntityHostTests
{
    private static readonly TimeSpan Idle = new EmbeddedOptions().UnloadAfter;

    [Fact]
    public async Task An_entity_is_activated_by_its_first_call_and_stays()
    {
        await using var bench = await HostBench.CreateAsync();
        var (id, user, _) = await bench.UserAsync();
        bench.Clock.Advance(Idle * 2);
        await HostBench.UntilAsync(() => bench.Host.Count == 0, "everything idle is unloaded");
        bench.Shop.Get(id); // a reference touches nothing
        Assert.Equal(0, bench.Host.Count);
        await user.ReadLogAsync();
        Assert.Same(await bench.ActivationAsync(id), await bench.ActivationAsync(id));
    }

    [Fact]
    public async Task What_is_idle_is_unloaded_and_its_key_zeroed_and_the_next_call_loads_it_again()
    {
        await using var bench = await HostBench.CreateAsync();
        var (id, user, _) = await bench.UserAsync();
        var key = await bench.KeyBufferAsync(id);
        Assert.Contains(key, b => b != 0);
        bench.Clock.Advance(Idle * 0.9);
        Assert.Equal("ada", (await user.GetAsync()).Fields["name"]); // in use: it stays
        bench.Clock.Advance(Idle * 0.9);
        Assert.Contains(key, b => b != 0);
        bench.Clock.Advance(Idle);
        await HostBench.UntilAsync(() => bench.Host.Count == 0, "everything idle is unloaded");
        Assert.DoesNotContain(key, b => b != 0);
        Assert.Equal("ada", (await user.GetAsync()).Fields["name"]);
        Assert.NotSame(key, await bench.KeyBufferAsync(id));
    }

    [Fact]
    public async Task No_more_are_kept_than_the_cap_and_those_that_left_answer_again()
    {
        await using var bench = await HostBench.CreateAsync(new EmbeddedOptions { MaxActive = 5 });
        var users = new List<IUser>();
        for (var i = 0; i < 30; i++)
        {
            bench.Clock.Advance(TimeSpan.FromMilliseconds(1));
            users.Add((await bench.UserAsync()).User);
        }
        await bench.Shop.CreateUserAsync(new Dictionary<string, string> { ["name"] = "one more" });
        await HostBench.UntilAsync(() => bench.Host.Count <= 6, "the longest unused leave");
        foreach (var user in users) Assert.Equal("ada", (await user.GetAsync()).Fields["name"]);
    }

    [Theory]
    [InlineData(nameof(FailingPorts.Failure.BeforeAppending), false)]
    [InlineData(nameof(FailingPorts.Failure.AfterAppending), false)]
    [InlineData(nameof(FailingPorts.Failure.BeforeSavingState), false)]
    [InlineData(nameof(FailingPorts.Failure.AfterSavingState), true)]
    public async Task After_a_failed_write_the_entity_is_loaded_anew_and_is_what_the_disk_says(
        string failing, bool isStored)
    {
        var failure = Enum.Parse<FailingPorts.Failure>(failing);
        await using var bench = await HostBench.CreateAsync();
        var (id, user, _) = await bench.UserAsync();
        var before = await bench.ActivationAsync(id);
        var key = await bench.KeyBufferAsync(id);
        bench.Ports.Next = failure;
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => user.SetFieldAsync("name", "bob"));
        Assert.Equal((ErrorCode.Unavailable, 1), (refusal.Code, bench.Ports.Failures));
        Assert.Equal(isStored ? "bob" : "ada", (await user.GetAsync()).Fields["name"]);
        Assert.NotSame(before, await bench.ActivationAsync(id));
        Assert.DoesNotContain(key, b => b != 0);
        await user.SetFieldAsync("name", "carl");
        Assert.Equal("carl", (await user.GetAsync()).Fields["name"]);
        var log = await user.ReadLogAsync();
        Assert.Equal(
            failure is FailingPorts.Failure.AfterAppending or FailingPorts.Failure.BeforeSavingState,
            log.Any(entry => entry.Activity == Activity.NotApplied));
        Assert.Equal(Enumerable.Range(1, log.Count), log.Select(entry => (int)entry.Sequence));
    }

    [Fact]
    public async Task A_failed_activation_is_tried_anew_by_the_next_call()
    {
        await using var bench = await HostBench.CreateAsync();
        var (_, user, _) = await bench.UserAsync();
        bench.Clock.Advance(Idle * 2);
        await HostBench.UntilAsync(() => bench.Host.Count == 0, "everything idle is unloaded");
        await bench.ActivationAsync(bench.ShopId);
        bench.Ports.Next = FailingPorts.Failure.LoadingState;
        await Assert.ThrowsAsync<SecureUserDataException>(() => user.GetAsync());
        Assert.Equal("ada", (await user.GetAsync()).Fields["name"]);
        Assert.Equal(1, bench.Ports.Failures);
    }

    [Fact]
    public async Task Calls_during_closing_end_or_get_Unavailable_and_no_key_is_left()
    {
        var bench = await HostBench.CreateAsync();
        var users = new List<(UserId Id, IUser User, Credential)>();
        for (var i = 0; i < 8; i++) users.Add(await bench.UserAsync());
        var keys = new List<byte[]>();
        foreach (var (id, _, _) in users) keys.Add(await bench.KeyBufferAsync(id));
        var started = new TaskCompletionSource();
        var callers = users.Select(user => Task.Run(async () =>
        {
            for (var i = 0; ; i++)
                try
                {
                    await user.User.GetAsync();
                    if (i == 3) started.TrySetResult();
                }
                catch (SecureUserDataException e)
                {
                    return e.Code;
                }
        })).ToList();
        await started.Task;
        await bench.Host.DisposeAsync();
        foreach (var caller in callers) Assert.Equal(ErrorCode.Unavailable, await caller);
        Assert.Equal(0, bench.Host.Count);
        Assert.All(keys, key => Assert.DoesNotContain(key, b => b != 0));
        var late = await Assert.ThrowsAsync<SecureUserDataException>(() => users[0].User.GetAsync());
        Assert.Equal(ErrorCode.Unavailable, late.Code);
        await bench.DisposeAsync();
    }

    [Fact]
    public async Task A_session_asks_again_after_its_time_and_ends_when_the_credential_was_taken_back()
    {
        await using var bench = await HostBench.CreateAsync();
        var (id, user, _) = await bench.UserAsync();
        bench.Clock.Advance(Authentication.Lifetime * 3);
        await user.GetAsync(); // valid: it goes on
        var operators = await bench.SignInAsync(bench.Operator);
        await operators.Get(id).ReissueCredentialAsync();
        bench.Clock.Advance(Authentication.Lifetime - TimeSpan.FromSeconds(1));
        await user.GetAsync(); // at the most this long
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => user.GetAsync());
        Assert.Equal(ErrorCode.Denied, refusal.Code);
    }
}
