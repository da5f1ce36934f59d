using SecureUserData.Cluster.Hosting;
using SecureUserData.Cluster.Tests.Conformance;
using SecureUserData.Conformance;

namespace SecureUserData.Cluster.Tests.Faults;

/// <summary>A cluster whose entities are woken by its own reminders, which run on the real clock.</summary>
public sealed class RemindedCluster() : ClusterFixture(2)
{
    protected override ClusterSiloOptions Change(ClusterSiloOptions options) => options with { Wakeups = null };
}

public sealed class ReminderTests(RemindedCluster cluster) : EngineConformance(cluster), IClassFixture<RemindedCluster>
{
    [Fact]
    public async Task An_entity_is_woken_when_it_is_time()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var script = await AddScriptAsync(app);
        await user.To(script).GiveAsync(Clock.GetUtcNow() + TimeSpan.FromSeconds(1));
        Clock.Advance(TimeSpan.FromSeconds(2)); // the reminder comes after a real second
        await EventuallyAsync(async () => (await LogAsync(user)).Any(
            entry => entry.Decision is { Status: ConsentStatus.Expired }));
    }
}

/// <summary>Wake-ups over reminders that only note down what they are told.</summary>
public sealed class ReminderWakeupsTests
{
    private readonly FakeClock _clock = new();
    private readonly NotedReminders _reminders = new();
    private readonly string _user = UserId.New().ToString();

    [Fact]
    public async Task A_wake_up_in_three_months_is_set_again_and_does_not_come_early()
    {
        var wakeups = new ReminderWakeups(_reminders, _clock);
        await wakeups.SetAsync(_user, _clock.GetUtcNow() + TimeSpan.FromDays(90));
        var name = Assert.Single(_reminders.Set).Key;
        var woken = 0;
        foreach (var wait in new[] { 30, 30, 30 })
        {
            Assert.Equal(0, woken);
            Assert.Equal(TimeSpan.FromDays(wait), _reminders.Set[name]);
            _clock.Advance(TimeSpan.FromDays(wait));
            await TickAsync(wakeups, name, () => woken++);
        }
        Assert.Equal(1, woken);
        Assert.Empty(_reminders.Set);
    }

    [Fact]
    public async Task A_wake_up_that_fails_comes_again()
    {
        var wakeups = new ReminderWakeups(_reminders, _clock);
        await wakeups.SetAsync(_user, _clock.GetUtcNow());
        var name = Assert.Single(_reminders.Set).Key;
        await Assert.ThrowsAsync<IOException>(() => wakeups.ReceiveAsync(_user, name, () => throw new IOException()));
        Assert.Single(_reminders.Set);
        Assert.Equal(TimeSpan.FromMinutes(1), _reminders.Period);
        await TickAsync(wakeups, name, () => { });
        Assert.Empty(_reminders.Set);
    }

    [Fact]
    public async Task A_later_time_takes_the_place_of_an_earlier_one_and_none_takes_it_back()
    {
        var wakeups = new ReminderWakeups(_reminders, _clock);
        await wakeups.SetAsync(_user, _clock.GetUtcNow() + TimeSpan.FromHours(1));
        await wakeups.SetAsync(_user, _clock.GetUtcNow() + TimeSpan.FromHours(2));
        Assert.Equal(TimeSpan.FromHours(2), Assert.Single(_reminders.Set).Value);
        await wakeups.SetAsync(_user, null);
        Assert.Empty(_reminders.Set);
    }

    [Fact]
    public async Task A_wake_up_within_a_millisecond_does_not_come_before_it()
    {
        var wakeups = new ReminderWakeups(_reminders, _clock);
        await wakeups.SetAsync(_user, _clock.GetUtcNow() + TimeSpan.FromTicks(10_009));
        var name = Assert.Single(_reminders.Set).Key;
        var woken = 0;
        _clock.Advance(TimeSpan.FromTicks(10_008));
        await TickAsync(wakeups, name, () => woken++);
        Assert.Equal(0, woken);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await TickAsync(wakeups, name, () => woken++);
        Assert.Equal(1, woken);
    }

    [Fact]
    public async Task A_wake_up_at_the_end_of_time_waits_like_others()
    {
        var wakeups = new ReminderWakeups(_reminders, _clock);
        await wakeups.SetAsync(_user, DateTimeOffset.MaxValue);
        var (name, wait) = Assert.Single(_reminders.Set);
        _clock.Advance(wait);
        await TickAsync(wakeups, name, () => Assert.Fail("It has come early."));
        Assert.Equal(wait, _reminders.Set[name]);
    }

    [Fact]
    public async Task Two_who_set_a_wake_up_at_once_do_not_take_each_others_away()
    {
        var wakeups = new ReminderWakeups(_reminders, _clock);
        var answer = new TaskCompletionSource();
        _reminders.Answer = answer.Task;
        var first = wakeups.SetAsync(_user, _clock.GetUtcNow() + TimeSpan.FromHours(1));
        _reminders.Answer = Task.CompletedTask;
        await wakeups.SetAsync(_user, _clock.GetUtcNow() + TimeSpan.FromHours(2));
        answer.SetResult();
        await first;
        Assert.Equal(TimeSpan.FromHours(2), Assert.Single(_reminders.Set).Value);
    }

    private Task TickAsync(ReminderWakeups wakeups, string name, Action wake) =>
        wakeups.ReceiveAsync(_user, name, () =>
        {
            wake();
            return Task.CompletedTask;
        });
}
