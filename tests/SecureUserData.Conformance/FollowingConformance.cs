namespace SecureUserData.Conformance;

/// <summary>What happens is followed by whoever may read it.</summary>
public abstract class FollowingConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>How long a test waits, in real time, for what must come without the clock.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_user_follows_the_own_log_and_nobody_elses()
    {
        var (ada, script) = await ReadableAsync();
        var grace = await AddNamedUserAsync(await RegisterAsync(), "Grace");
        var (forAda, forGrace) = (await NowAsync(ada.Session), await NowAsync(grace.Session));

        await script.ReadAsync(ada, "name");

        var events = await Follower(ada.Session).NextAsync(forAda);
        var entry = Assert.Single(events.Items);
        Assert.Equal(
            (Activity.DataRead, $"{script.Id}", $"{ada.Id}"), (entry.Activity, entry.Actor, entry.Chain));
        Assert.Equal((await LogAsync(ada))[^1].Sequence, entry.Sequence);
        Assert.Empty((await Follower(ada.Session).NextAsync(events.Cursor)).Items);
        Assert.Equal(forGrace, await NowAsync(grace.Session));
    }

    [Fact]
    public async Task An_operator_follows_the_installation()
    {
        var operators = await OperatorAsync();
        var now = await NowAsync(operators);

        var app = await RegisterAsync();

        var entry = Assert.Single((await Follower(operators).NextAsync(now)).Items);
        Assert.Equal(Activity.ApplicationRegistered, entry.Activity);
        Assert.Equal([$"application/{app.Id}"], entry.Names);
    }

    [Fact]
    public async Task An_application_follows_what_is_done_with_its_users_data_and_its_own_rotations()
    {
        var app = await RegisterAsync();
        var ada = await AddUserAsync(app);
        var script = await AddScriptAsync(app);
        var (other, notOurs) = await ReadableAsync();
        var now = await NowAsync(app.Session);

        await notOurs.ReadAsync(other, "name");
        await ada.To(script).GiveAsync();
        await ada.Self.GetAsync();
        await script.ReadAsync(ada, "name");
        await ada.To(script).WithdrawAsync();
        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(ada, "name"));
        await app.Session.EraseAsync(ada.Id);
        await app.RotateAsync(KeyKind.Log, Clock);

        var follower = Follower(app.Session);
        var met = new List<AccessLogEntry>();
        while (await follower.NextAsync(now, 2) is { Items.Count: > 0 } events)
        {
            met.AddRange(events.Items);
            now = events.Cursor;
        }
        Assert.Equal(
            [
                Activity.ConsentDecided, Activity.DataRead, Activity.ConsentDecided, Activity.ReadRefused,
                Activity.UserErased,
            ],
            met.Where(entry => entry.Chain == $"{ada.Id}").Select(entry => entry.Activity));
        Assert.Equal( // where there are several writers, only the order within a chain is given
            [Activity.KeyRotationStarted, Activity.KeyRotationFinished],
            met.Where(entry => entry.Chain == $"{app.Id}").Select(entry => entry.Activity));
        Assert.Equal(7, met.Count);
        var all = await Follower(app.Session).NextAsync(Events.Beginning);
        Assert.Equal(
            met.Select(entry => (entry.Chain, entry.Sequence)).Order(),
            all.Items.Select(entry => (entry.Chain, entry.Sequence)).Order());
    }

    [Fact]
    public async Task An_application_that_waits_is_told_of_its_users_and_not_of_others()
    {
        var app = await RegisterAsync();
        var (ada, script) = await ReadableAsync(app);
        var (other, notOurs) = await ReadableAsync();
        var next = Follower(app.Session).NextAsync(await NowAsync(app.Session), wait: Longest);

        await notOurs.ReadAsync(other, "name");
        await ada.Self.GetAsync(); // which is the user's own business
        Assert.False(next.IsCompleted);
        await script.ReadAsync(ada, "name");

        var entry = Assert.Single((await InTimeAsync(next)).Items);
        Assert.Equal((Activity.DataRead, $"{ada.Id}"), (entry.Activity, entry.Chain));
    }

    [Fact]
    public async Task Whoever_waits_is_told_when_it_happens_and_not_when_the_time_is_over()
    {
        var (ada, script) = await ReadableAsync();
        var now = await NowAsync(ada.Session);
        var next = Follower(ada.Session).NextAsync(now, wait: Longest);
        Assert.False(next.IsCompleted); // the clock stands still

        await script.ReadAsync(ada, "name");

        Assert.Equal(Activity.DataRead, Assert.Single((await InTimeAsync(next)).Items).Activity);
    }

    [Fact]
    public async Task An_application_that_waits_is_told_of_an_erasure_when_it_happens()
    {
        var app = await RegisterAsync();
        var ada = await AddUserAsync(app);
        var next = Follower(app.Session).NextAsync(await NowAsync(app.Session), wait: Longest);

        await app.Session.EraseAsync(ada.Id);

        Assert.Equal(Activity.UserErased, Assert.Single((await InTimeAsync(next)).Items).Activity);
    }

    [Fact]
    public async Task Whoever_waits_gets_nothing_when_the_time_is_over_and_misses_nothing_afterwards()
    {
        var (ada, script) = await ReadableAsync();
        var next = Follower(ada.Session).NextAsync(null, wait: Longest);
        await EventuallyAsync(() =>
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(next.IsCompleted);
        });
        var nothing = await next;
        Assert.Empty(nothing.Items);

        await script.ReadAsync(ada, "name");

        Assert.Single((await Follower(ada.Session).NextAsync(nothing.Cursor)).Items);
    }

    [Fact]
    public async Task Nobody_waits_behind_another_ones_waiting()
    {
        var (ada, script) = await ReadableAsync();
        var now = await NowAsync(ada.Session);
        var waiting = Enumerable.Range(0, 10)
            .Select(_ => Follower(ada.Session).NextAsync(now, wait: Longest))
            .ToList();

        Assert.NotEmpty((await InTimeAsync(Follower(ada.Session).NextAsync(Events.Beginning, wait: Longest))).Items);
        await script.ReadAsync(ada, "name");

        Assert.All(await Task.WhenAll(waiting.Select(InTimeAsync)), events => Assert.Single(events.Items));
    }

    [Fact]
    public async Task From_the_beginning_on_everything_is_met_once_however_small_the_pages()
    {
        var (ada, script) = await ReadableAsync();
        for (var again = 0; again < 3; again++) await script.ReadAsync(ada, "name");
        var expected = await LogAsync(ada);
        var follower = Follower(ada.Session);

        var met = new List<AccessLogEntry>();
        for (var cursor = Events.Beginning; await follower.NextAsync(cursor, 2) is { Items.Count: > 0 } events;
            cursor = events.Cursor)
        {
            Assert.InRange(events.Items.Count, 1, 2);
            met.AddRange(events.Items);
        }

        Assert.Equal(expected.Select(entry => entry.Sequence), met.Select(entry => entry.Sequence));
    }

    [Fact]
    public async Task A_loop_over_what_happens_goes_on_until_it_is_cancelled()
    {
        var (ada, script) = await ReadableAsync();
        var now = await NowAsync(ada.Session);
        using var stop = new CancellationTokenSource();
        var met = new List<Activity>();
        var follow = FollowAsync();

        await script.ReadAsync(ada, "name");
        await EventuallyAsync(() => Task.FromResult(met.Count == 1));
        await ada.Self.PauseAsync();
        await EventuallyAsync(() => Task.FromResult(met.Count == 2));
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => InTimeAsync(follow));
        Assert.Equal([Activity.DataRead, Activity.ProcessingPaused], met);

        async Task<int> FollowAsync()
        {
            await foreach (var events in ada.Session.FollowAsync(now, stop.Token))
                met.AddRange(events.Items.Select(entry => entry.Activity));
            return 0;
        }
    }

    [Fact]
    public async Task What_cannot_be_asked_is_refused()
    {
        var (ada, _) = await ReadableAsync();
        var follower = Follower(ada.Session);
        foreach (var wait in (TimeSpan[])[Longest + TimeSpan.FromTicks(1), TimeSpan.FromTicks(-1), TimeSpan.MaxValue])
            await RefusedAsync(ErrorCode.Invalid, () => follower.NextAsync(null, wait: wait));
        foreach (var limit in (int[])[0, -1, Limits.PageItems + 1])
            await RefusedAsync(ErrorCode.Invalid, () => follower.NextAsync(null, limit));
        foreach (var cursor in (string[])["", "x", "-1", " 1"])
            await RefusedAsync(ErrorCode.Invalid, () => follower.NextAsync(cursor));
    }

    private async Task<(UserActor User, ScriptActor Script)> ReadableAsync(ApplicationActor? of = null)
    {
        var app = of ?? await RegisterAsync();
        var script = await AddScriptAsync(app);
        var ada = await AddUserAsync(app);
        await ada.To(script).GiveAsync();
        return (ada, script);
    }

    private static IFollower Follower(ISession session) => session.Get(FollowerId.New());

    /// <summary>The cursor after all that has happened.</summary>
    private static async Task<string> NowAsync(ISession session)
    {
        var events = await Follower(session).NextAsync(null);
        Assert.Empty(events.Items);
        return events.Cursor;
    }

    private static Task<T> InTimeAsync<T>(Task<T> task) =>
        task.WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
}
