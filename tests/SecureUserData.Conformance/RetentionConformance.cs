namespace SecureUserData.Conformance;

/// <summary>What is kept no longer erases itself. Ids take their time from the system's clock, so these tests are set
/// long after it, where no id is young.</summary>
public abstract class RetentionConformance(EngineFixture fixture) : EngineConformance(fixture), IAsyncLifetime
{
    private static readonly DateTimeOffset Beginning = new(2101, 3, 1, 9, 0, 0, TimeSpan.Zero);

    private static readonly RetentionRules Rules = new()
    {
        Fields = new Dictionary<string, TimeSpan> { ["email"] = TimeSpan.FromDays(365) },
        Collections = new Dictionary<string, TimeSpan> { ["letters"] = TimeSpan.FromDays(90) },
    };

    public ValueTask InitializeAsync()
    {
        if (Clock.GetUtcNow() < Beginning) Clock.Advance(Beginning - Clock.GetUtcNow());
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_field_that_was_not_set_for_so_long_is_erased_with_its_history_and_the_others_stay()
    {
        var app = await RegisterAsync(Settings with { Retention = Rules });
        await RotateNothingAsync(app);
        var user = await AddUserAsync(app);
        await user.Self.SetFieldAsync("email", "countess@example.org");
        await user.Self.SetFieldAsync("city", "Bath");

        await AdvanceAsync(app, 364);
        Assert.Contains("email", (await user.Self.GetAsync()).Fields.Keys);
        Assert.Equal(new RetentionCounts(Users: 1), (await RetentionOf(app).GetAsync()).Last!.Counts);
        await AdvanceAsync(app, 1);

        Assert.Equal(["city", "name"], (await user.Self.GetAsync()).Fields.Keys.Order());
        Assert.Equal("city", Assert.Single(await user.Self.GetHistoryAsync()).Field);
        var entry = Assert.Single(await LogAsync(user), entry => entry.Activity == Activity.RetentionApplied);
        Assert.Equal(("system", "field/email"), (entry.Actor, Assert.Single(entry.Names)));
        var run = (await RetentionOf(app).GetAsync()).Last!;
        Assert.Equal(new RetentionCounts(Users: 1, Fields: 1, Versions: 1), run.Counts);
        Assert.Empty((await app.Session.FindUsersAsync("email", "countess@example.org")).Items);
        await AddUserAsync(app, new Dictionary<string, string> { ["email"] = "countess@example.org" });
    }

    [Fact]
    public async Task A_value_counts_from_when_it_was_last_set_and_an_earlier_one_is_not_kept_longer_for_it()
    {
        var app = await RegisterAsync(Settings with { Retention = Rules });
        var user = await AddUserAsync(app);
        await AdvanceAsync(app, 100);
        await user.Self.SetFieldAsync("email", Ada["email"]); // confirmed
        await AdvanceAsync(app, 200);
        await user.Self.SetFieldAsync("email", "countess@example.org");

        await AdvanceAsync(app, 164);
        Assert.Equal(Ada["email"], Assert.Single(await user.Self.GetHistoryAsync()).Value);
        await AdvanceAsync(app, 1);

        Assert.Empty(await user.Self.GetHistoryAsync());
        Assert.Equal("countess@example.org", (await user.Self.GetAsync()).Fields["email"]);
        var entry = Assert.Single(await LogAsync(user), entry => entry.Activity == Activity.RetentionApplied);
        Assert.Equal("field/email/history (1)", Assert.Single(entry.Names));
    }

    [Fact]
    public async Task A_record_counts_from_when_it_was_last_put()
    {
        var app = await RegisterAsync(Settings with { Retention = Rules });
        var user = await AddUserAsync(app);
        var ids = new List<RecordId>();
        for (var i = 0; i < 4; i++) ids.Add(await PutAsync(app, user, "letters"));
        var other = await PutAsync(app, user, "drafts");
        await AdvanceAsync(app, 89);
        await app.User(user.Id).PutRecordAsync("letters", RecordContent.Text("again"), ids[1]);
        var young = await PutAsync(app, user, "letters");

        await AdvanceAsync(app, 1);

        Assert.Equal([ids[1], young], await RecordsAsync(user, "letters"));
        Assert.Equal([other], await RecordsAsync(user, "drafts"));
        var entry = Assert.Single(await LogAsync(user), entry => entry.Activity == Activity.RetentionApplied);
        Assert.Equal($"record/letters/{ids[0]}..{ids[3]} (3)", Assert.Single(entry.Names));
        await AdvanceAsync(app, 89);
        Assert.Empty(await RecordsAsync(user, "letters"));
    }

    [Fact]
    public async Task More_records_than_a_batch_and_more_users_than_a_page_are_all_reached()
    {
        var app = await RegisterAsync(Settings with { Retention = Rules });
        var user = await AddUserAsync(app);
        await Task.WhenAll(Enumerable.Range(0, 1_200).Select(_ => PutAsync(app, user, "letters")));
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => app.Session.CreateUserAsync(
            new Dictionary<string, string> { ["email"] = $"{i}@example.org", ["city"] = "Bath" })));

        await AdvanceAsync(app, 365);

        Assert.Empty(await RecordsAsync(user, "letters"));
        var counts = (await RetentionOf(app).GetAsync()).Last!.Counts;
        Assert.Equal((201, 1_200, 0), (counts.Fields, counts.Records, counts.Failed));
        Assert.True(counts.Users >= 201); // the application's key is rotated meanwhile: some are met twice
        Assert.Equal(2, (await LogAsync(user)).Count(entry => entry.Activity == Activity.RetentionApplied));
        Assert.Empty((await app.Session.FindUsersAsync("email", "7@example.org")).Items);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_goes_on_every_day_also_after_a_restart(bool restart)
    {
        var app = await RegisterAsync(Settings with { Retention = Rules });
        var user = await AddUserAsync(app);
        for (var day = 0; day < 3; day++)
        {
            if (restart) await Fixture.RestartAsync();
            else await Fixture.UnloadIdleAsync();
            (app, user) = (await AgainAsync(app), await AgainAsync(user));
            await PutAsync(app, user, "letters");
            await AdvanceAsync(app, 90);
            Assert.Empty(await RecordsAsync(user, "letters"));
        }
        var report = await RetentionOf(app).GetAsync();
        Assert.Equal(TimeSpan.FromDays(1), report.Next - report.Last!.Finished);
        Assert.Null(report.Current);
    }

    [Fact]
    public async Task Rules_are_set_on_record_and_apply_at_once()
    {
        var app = await RegisterAsync();
        await RotateNothingAsync(app);
        var user = await AddUserAsync(app);
        await PutAsync(app, user, "letters");
        await user.Self.SetFieldAsync("name", "Countess"); // the settings of before are at hand
        Clock.Advance(TimeSpan.FromDays(400));
        Assert.Equal(
            new RetentionReport(RetentionRules.None, null, null, null),
            await RetentionOf(app).RunAsync() with { Rules = RetentionRules.None });
        Assert.Single(await RecordsAsync(user, "letters"));

        await app.Self.SetRetentionAsync(Rules with { Log = TimeSpan.FromDays(10_000) });
        await AdvanceAsync(app, 0);

        Assert.Empty(await RecordsAsync(user, "letters"));
        Assert.DoesNotContain("email", (await user.Self.GetAsync()).Fields.Keys);
        var entry = (await LogAsync(app.Self.ReadLogAsync))[^1];
        Assert.Equal((Activity.RetentionChanged, app.Id.ToString()), (entry.Activity, entry.Actor));
        Assert.Equal(["field/email (365 d)", "record/letters (90 d)", "log (10000 d)"], entry.Names);
        var rules = (await app.Self.GetAsync()).Settings.Retention!;
        Assert.Equal((TimeSpan.FromDays(365), TimeSpan.FromDays(10_000)), (rules.Fields["email"], rules.Log));
    }

    [Fact]
    public async Task Without_rules_nothing_is_erased_any_more()
    {
        var app = await RegisterAsync(Settings with { Retention = Rules });
        var user = await AddUserAsync(app);
        await app.Self.SetRetentionAsync(RetentionRules.None);
        await AdvanceAsync(app, 1, runs: false);
        await AdvanceAsync(app, 1_000, runs: false);

        Assert.Contains("email", (await user.Self.GetAsync()).Fields.Keys);
        Assert.Null((await RetentionOf(app).GetAsync()).Next);
    }

    [Fact]
    public async Task A_preview_counts_what_a_run_erases_and_erases_nothing()
    {
        var app = await RegisterAsync();
        await RotateNothingAsync(app);
        var user = await AddUserAsync(app);
        await user.Self.SetFieldAsync("email", "countess@example.org");
        for (var i = 0; i < 5; i++) await PutAsync(app, user, "letters");
        await AddNamedUserAsync(app, "Grace");
        Clock.Advance(TimeSpan.FromDays(365));
        await app.Self.SetRetentionAsync(Rules);
        var entries = (await LogAsync(user)).Count;

        var preview = await RetentionOf(app).PreviewToEndAsync(cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(new RetentionCounts(Users: 2, Fields: 1, Versions: 1, Records: 5), preview);
        Assert.Equal(entries, (await LogAsync(user)).Count);
        Assert.Null((await RetentionOf(app).GetAsync()).Last);
        var report = await RetentionOf(app).RunToEndAsync(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((preview, Clock.GetUtcNow()), (report.Last!.Counts, report.Last.Finished));
        Assert.Equal(app.Id.ToString(), (await LogAsync(user))[^1].Actor);
        Assert.Equal(
            new RetentionCounts(Users: 2),
            await RetentionOf(app).PreviewToEndAsync(cancellation: TestContext.Current.CancellationToken));
        await RefusedAsync(ErrorCode.Invalid, () => RetentionOf(app).PreviewAsync("anything"));
    }

    [Fact]
    public async Task What_has_erased_itself_is_not_read_any_more_and_what_was_decided_holds()
    {
        var app = await RegisterAsync(Settings with { Retention = Rules });
        var (user, script) = (await AddUserAsync(app), await AddScriptAsync(app));
        await user.To(script).GiveAsync();
        await PutAsync(app, user, "letters");
        await AdvanceAsync(app, 365);

        var reading = await script.ReadAsync(
            user.Id, new Selection { Fields = ["email", "name"], Collection = "letters" });

        Assert.Equal(["name"], reading.Fields.Keys);
        Assert.Empty(reading.Records!.Items);
        await Fixture.VerifyLogAsync();
    }

    [Fact]
    public async Task Periods_are_whole_days_from_one_to_a_hundred_years()
    {
        var app = await RegisterAsync();
        foreach (var period in (TimeSpan[])
            [TimeSpan.Zero, TimeSpan.FromDays(-1), TimeSpan.FromHours(25), TimeSpan.FromDays(36_526)])
        {
            var periods = new Dictionary<string, TimeSpan> { ["email"] = period };
            foreach (var wrong in (RetentionRules[])
                [new() { Fields = periods }, new() { Collections = periods }, new() { Log = period }])
            {
                await RefusedAsync(ErrorCode.Invalid, () => app.Self.SetRetentionAsync(wrong));
                await RefusedAsync(ErrorCode.Invalid, () => RegisterAsync(Settings with { Retention = wrong }));
            }
        }
        foreach (var good in (int[])[1, 36_525])
            await app.Self.SetRetentionAsync(new RetentionRules { Log = TimeSpan.FromDays(good) });
        await RefusedAsync(ErrorCode.Invalid, () => app.Self.SetRetentionAsync(
            new RetentionRules { Fields = new Dictionary<string, TimeSpan> { ["a/b"] = TimeSpan.FromDays(1) } }));
        await RefusedAsync(ErrorCode.Invalid, () => app.Self.SetRetentionAsync(null!));
    }

    private static IRetention RetentionOf(ApplicationActor app) => app.Session.Get(new RetentionId(app.Id));

    private static Task<RecordId> PutAsync(ApplicationActor app, UserActor user, string collection) =>
        app.User(user.Id).PutRecordAsync(collection, RecordContent.Text("Dear Charles"));

    private static async Task<List<RecordId>> RecordsAsync(UserActor user, string collection) =>
        [.. (await user.Self.ListRecordsAsync(collection, limit: 1_000)).Items.Select(info => info.Id)];

    /// <summary>Lets days pass, and waits for the run that begins then. One that is under way ends first: the next one
    /// would begin a day after its end.</summary>
    private async Task AdvanceAsync(ApplicationActor app, int days, bool runs = true)
    {
        if (runs && days > 0)
            await TickUntilAsync(async () => (await RetentionOf(app).GetAsync()).Next > Clock.GetUtcNow());
        Clock.Advance(TimeSpan.FromDays(days));
        var then = Clock.GetUtcNow();
        var looks = 0;
        await TickUntilAsync(async () => runs
            ? (await RetentionOf(app).GetAsync()).Last?.Started >= then
            : ++looks > 3_000);
    }

    /// <summary>A tick that comes while the engine still works at the one before does nothing, so another one follows
    /// now and then.</summary>
    private Task TickUntilAsync(Func<Task<bool>> holds)
    {
        var ticks = 0;
        return EventuallyAsync(async () =>
        {
            if (ticks++ % 1_000 == 999) Clock.Advance(TimeSpan.FromSeconds(10));
            return await holds();
        });
    }
}
