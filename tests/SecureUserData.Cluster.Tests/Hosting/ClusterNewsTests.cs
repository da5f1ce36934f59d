using System.Net;
using System.Threading.Channels;
using SecureUserData.Cluster.Silos;
using SecureUserData.Conformance;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Tests.Hosting;

/// <summary>What two silos tell each other.</summary>
public sealed class ClusterNewsTests
{
    private const string Chain = "usr_1";
    private const string App = "app_1";

    /// <summary>In real time; the clock of the silos stands still.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Dictionary<SiloAddress, ConnectedSilo> _silos = [];
    private readonly FakeClock _clock = new();
    private readonly ConnectedSilo _here;
    private readonly ConnectedSilo _there;

    public ClusterNewsTests()
    {
        (_here, _there) = (Connect(1), Connect(2));

        ConnectedSilo Connect(int generation)
        {
            var silo = SiloAddress.New(IPAddress.Loopback, 10_000, generation);
            return _silos[silo] = new(new ClusterNews(silo, () => _silos.Keys, address => _silos[address], _clock));
        }
    }

    [Fact]
    public async Task What_happens_on_one_silo_wakes_who_watches_on_another()
    {
        using var chain = await _here.News.WatchAsync(Chain);
        using var app = await _here.News.WatchAsync(App);

        _there.News.Tell(Chain, App);

        await AssertWokenAsync(chain);
        await AssertWokenAsync(app);
    }

    /// <summary>Otherwise silos with followers who watch again would tell each other the same without end.</summary>
    [Fact]
    public async Task What_a_silo_was_told_it_does_not_tell_on()
    {
        using var here = await _here.News.WatchAsync(App);
        using var there = await _there.News.WatchAsync(App);

        _here.News.Tell(Chain, App);

        Assert.Equal(App, await _there.ToldAsync());
        await AssertWokenAsync(there);
        Assert.Equal((0, 1), (_here.News.WatchedForOthers, _there.News.WatchedForOthers));

        using var again = await _here.News.WatchAsync(App);
        _there.News.Tell(Chain, App); // its own news, though
        Assert.Equal(App, await _here.ToldAsync());
        await AssertWokenAsync(again);
    }

    [Fact]
    public async Task Who_asks_again_and_again_shares_a_watch_and_never_waits_for_longer()
    {
        for (var followers = 0; followers < 100; followers++) (await _here.News.WatchAsync(App)).Dispose();
        Assert.Equal(1, _there.News.Watches);
        _clock.Advance(TimeSpan.FromSeconds(11)); // what is left is not enough for who asks now
        using var late = await _here.News.WatchAsync(App);
        using var other = await _here.News.WatchAsync(Chain);
        Assert.Equal(3, _there.News.Watches);
        _clock.Advance(TimeSpan.FromSeconds(20)); // the first watch is over

        _there.News.Tell(Chain, App);

        await AssertWokenAsync(late);
        await AssertWokenAsync(other);
        for (var time = 0; time < 2; time++) // each has a watch of its own, now that the one before was told
        {
            using var again = await _here.News.WatchAsync(App);
            _there.News.Tell(Chain, App);
            await AssertWokenAsync(again);
        }
    }

    [Fact]
    public async Task Nobody_is_watched_for_any_more_when_a_silo_is_about_to_stop()
    {
        using var here = await _here.News.WatchAsync(App);
        Assert.Equal(1, _there.News.WatchedForOthers);

        _there.News.EndWaiting();

        Assert.Equal(0, _there.News.WatchedForOthers);
    }

    private static async Task AssertWokenAsync(INewsWatch watch) =>
        Assert.True(await watch.WaitAsync(Patience).WaitAsync(Patience));

    /// <summary>A silo whose end is called without messages.</summary>
    private sealed class ConnectedSilo(ClusterNews news) : ISiloEndpoint
    {
        private readonly Channel<string> _told = Channel.CreateUnbounded<string>();

        internal ClusterNews News => news;

        /// <summary>What it is told next, once it has passed it on.</summary>
        internal Task<string> ToldAsync() => _told.Reader.ReadAsync().AsTask().WaitAsync(Patience);

        public Task WatchAsync(string topic, SiloAddress watcher) => news.WatchForAsync(topic, watcher);

        public Task TellAsync(string topic)
        {
            news.Told(topic);
            _told.Writer.TryWrite(topic);
            return Task.CompletedTask;
        }

        public Task ForgetKeysAsync(AppId app) => throw new NotSupportedException();

        public Task<bool> HasMasterKeyAsync(int version, string checkValue) => throw new NotSupportedException();
    }
}
