using SecureUserData.Conformance;
using SecureUserData.Following;
using SecureUserData.Ports;

namespace SecureUserData.Tests.Hosting;

public sealed class ProcessNewsTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FakeClock _clock = new();
    private readonly ProcessNews _news;

    public ProcessNewsTests() => _news = new ProcessNews(_clock);

    [Fact]
    public async Task Whatever_comes_after_the_watching_began_is_told_however_late_one_waits()
    {
        using var chain = await _news.WatchAsync("usr_1");
        using var app = await _news.WatchAsync("app_1");
        using var other = await _news.WatchAsync("app_2");

        _news.Tell("usr_1", "app_1");

        Assert.True(await chain.WaitAsync(Minute));
        Assert.True(await app.WaitAsync(Minute));
        await AssertNothingAsync(other);
    }

    [Fact]
    public async Task What_came_before_is_not_told()
    {
        _news.Tell("usr_1", "app_1");
        using var watch = await _news.WatchAsync("usr_1");
        await AssertNothingAsync(watch);
    }

    [Fact]
    public async Task A_follower_who_never_reads_is_told_once_and_costs_writers_nothing_from_then_on()
    {
        var never = await _news.WatchAsync("app_1");
        Assert.Equal(1, _news.Watched);
        for (var i = 0; i < 1_000; i++)
        {
            _news.Tell($"usr_{i}", "app_1");
            Assert.Equal(0, _news.Watched); // so that whoever tells looks at nothing any more
        }
        Assert.True(await never.WaitAsync(Minute));
        never.Dispose();
        Assert.Equal(0, _news.Watched);
    }

    [Fact]
    public async Task Whoever_stops_watching_leaves_nothing_behind_and_the_others_are_told()
    {
        var one = await _news.WatchAsync("usr_1");
        using var other = await _news.WatchAsync("usr_1");
        one.Dispose();
        Assert.Equal(1, _news.Watched);
        var waiting = other.WaitAsync(Minute);
        _news.Tell("usr_1", null);
        Assert.True(await waiting);
        (await _news.WatchAsync("usr_1")).Dispose();
        Assert.Equal(0, _news.Watched);
    }

    [Fact]
    public async Task Nobody_waits_any_more_when_the_process_is_about_to_stop()
    {
        using var before = await _news.WatchAsync("usr_1");
        var waiting = before.WaitAsync(Minute);
        _news.EndWaiting();
        Assert.False(await waiting);
        using var after = await _news.WatchAsync("usr_1");
        Assert.False(await after.WaitAsync(Minute));
    }

    private async Task AssertNothingAsync(INewsWatch watch)
    {
        var waiting = watch.WaitAsync(Minute);
        Assert.False(waiting.IsCompleted);
        _clock.Advance(Minute);
        Assert.False(await waiting);
    }
}
