namespace SecureUserData.Conformance;

/// <summary>The rotation of an application's keys, as everybody sees it: nothing changes but the keys.</summary>
public abstract class RotationConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    private static readonly Selection Everything = new() { Fields = ["email", "name"], Collection = "letters" };

    [Theory]
    [InlineData(KeyKind.Application, new[] { 2 })]
    [InlineData(KeyKind.User, new[] { 1 })]
    [InlineData(KeyKind.Index, new[] { 2 })]
    [InlineData(KeyKind.Log, new[] { 2, 1 })]
    [InlineData(KeyKind.State, new[] { 2 })]
    public async Task Everything_is_as_before_and_the_old_version_is_gone(KeyKind key, int[] versions)
    {
        var (app, ada, script, erased) = await SetUpAsync();
        await AssertAsBeforeAsync(app, ada, script, erased);

        var run = await app.RotateAsync(key, Clock);

        Assert.Equal(RotationPhase.Finished, run.Phase);
        Assert.Equal(versions, await app.VersionsAsync(key == KeyKind.User ? KeyKind.Application : key));
        await AssertAsBeforeAsync(app, ada, script, erased);
        await Fixture.RestartAsync();
        (app, ada, script) = (await AgainAsync(app), await AgainAsync(ada), await AgainAsync(script));
        await AssertAsBeforeAsync(app, ada, script, erased);
        await Fixture.VerifyLogAsync();
    }

    [Fact]
    public async Task Keys_of_every_kind_are_rotated_one_after_the_other_and_again()
    {
        var (app, ada, script, erased) = await SetUpAsync();

        for (var round = 0; round < 2; round++)
            foreach (var key in Enum.GetValues<KeyKind>().Where(key => key != KeyKind.Master))
                await app.RotateAsync(key, Clock);

        Assert.Equal([3], await app.VersionsAsync(KeyKind.Application));
        Assert.Equal([3, 2, 1], await app.VersionsAsync(KeyKind.Log));
        Assert.Equal(3, (await app.Self.GetAsync()).KeyVersion);
        await AssertAsBeforeAsync(app, ada, script, erased);
        await Fixture.VerifyLogAsync();
    }

    [Theory]
    [InlineData(KeyKind.Application)]
    [InlineData(KeyKind.State)]
    [InlineData(KeyKind.Index)]
    public async Task The_old_version_stays_for_the_grace_period(KeyKind key)
    {
        var (app, _, _, _) = await SetUpAsync();

        await app.RotationOf().StartAsync(key);
        var run = (await app.RotationOf().RunAheadAsync()).Current!;

        Assert.Equal(RotationPhase.Waiting, run.Phase);
        Assert.Equal(Clock.GetUtcNow().AddMinutes(10), run.GoesOn);
        Assert.Equal([2, 1], await app.VersionsAsync(key));
        Clock.Advance(TimeSpan.FromMinutes(9));
        await app.RotationOf().RunAheadAsync();
        Assert.Equal([2, 1], await app.VersionsAsync(key));
        await app.FinishAsync(Clock);
        Assert.Equal([2], await app.VersionsAsync(key));
    }

    [Fact]
    public async Task Each_run_is_on_record_with_who_when_from_which_version_to_which_and_how_many()
    {
        var (app, ada, _, _) = await SetUpAsync();
        var began = Clock.GetUtcNow();

        await app.RotateAsync(KeyKind.Application, Clock);
        await app.RotateAsync(KeyKind.User, Clock);

        var log = await LogAsync(app.Self.ReadLogAsync);
        var started = log.First(entry => entry.Activity == Activity.KeyRotationStarted);
        Assert.Equal((app.Id.ToString(), began), (started.Actor, started.At));
        Assert.Equal(["application-key/1..2"], started.Names);
        Assert.Equal(["application-key/1"], log.Single(e => e.Activity == Activity.KeyVersionDestroyed).Names);
        var finished = log.Where(entry => entry.Activity == Activity.KeyRotationFinished).ToList();
        Assert.Equal(["application-key/1..2", "user-keys"], finished.Select(entry => entry.Names[0]));
        Assert.Equal([2, 2], finished.Select(entry => entry.Count)); // of three users one is erased
        var own = (await LogAsync(ada)).Single(entry => entry.Activity == Activity.UserKeyRotated);
        Assert.Equal((app.Id.ToString(), "user-key/1..2"), (own.Actor, own.Names[0]));
    }

    [Fact]
    public async Task A_run_goes_on_after_a_restart()
    {
        var (app, ada, script, erased) = await SetUpAsync();
        foreach (var key in (KeyKind[])[KeyKind.Application, KeyKind.User, KeyKind.Index, KeyKind.State])
        {
            await app.RotationOf().StartAsync(key);
            bool goesOn;
            do
            {
                await Fixture.RestartAsync();
                (app, ada, script) = (await AgainAsync(app), await AgainAsync(ada), await AgainAsync(script));
                await AssertAsBeforeAsync(app, ada, script, erased);
                goesOn = await app.StepAsync(Clock);
            }
            while (goesOn);
        }

        Assert.Equal(4, (await app.RotationOf().GetAsync()).Past.Count);
        Assert.Equal([2], await app.VersionsAsync(KeyKind.State));
    }

    [Fact]
    public async Task A_run_goes_on_by_itself()
    {
        var (app, _, _, _) = await SetUpAsync();
        await app.RotationOf().StartAsync(KeyKind.Application);

        await EventuallyAsync(async () =>
        {
            Clock.Advance(TimeSpan.FromMinutes(1));
            return (await app.RotationOf().GetAsync()).Current is null;
        });

        Assert.Equal([2], await app.VersionsAsync(KeyKind.Application));
    }

    [Fact]
    public async Task A_run_rests_while_it_is_paused()
    {
        var (app, _, _, _) = await SetUpAsync();
        await app.RotationOf().StartAsync(KeyKind.Application);
        await app.RotationOf().PauseAsync();

        Clock.Advance(TimeSpan.FromHours(1));
        var report = await app.RotationOf().RunAheadAsync();

        Assert.True(report.Current!.IsPaused);
        Assert.Equal([2, 1], await app.VersionsAsync(KeyKind.Application));
        Assert.False((await app.RotationOf().ResumeAsync()).Current!.IsPaused);
        await app.FinishAsync(Clock);
        Assert.Equal([2], await app.VersionsAsync(KeyKind.Application));
    }

    [Fact]
    public async Task What_a_cancelled_run_has_left_is_moved_by_the_next()
    {
        foreach (var key in (KeyKind[])[KeyKind.Application, KeyKind.Index, KeyKind.State, KeyKind.User])
        {
            var (app, ada, script, erased) = await SetUpAsync();
            await app.RotationOf().StartAsync(key);
            var report = await app.RotationOf().CancelAsync();
            Assert.Equal((null, RotationPhase.Cancelled), (report.Current, report.Past[0].Phase));
            await AssertAsBeforeAsync(app, ada, script, erased);

            await app.RotateAsync(key, Clock);

            Assert.Single(await app.VersionsAsync(key == KeyKind.User ? KeyKind.State : key));
            await AssertAsBeforeAsync(app, ada, script, erased);
        }
    }

    [Fact]
    public async Task There_is_one_run_at_a_time_and_none_of_the_master_key()
    {
        var (app, _, _, _) = await SetUpAsync();
        await app.RotationOf().StartAsync(KeyKind.State);

        await RefusedAsync(ErrorCode.Conflict, () => app.RotationOf().StartAsync(KeyKind.User));
        await RefusedAsync(ErrorCode.Invalid, () => app.RotationOf().StartAsync(KeyKind.Master));
        await RefusedAsync(ErrorCode.Invalid, () => app.RotationOf().StartAsync((KeyKind)99));
        await app.FinishAsync(Clock);
    }

    /// <summary>Ada with records, a history and decisions, somebody without an address, and somebody erased.</summary>
    private async Task<(ApplicationActor App, UserActor Ada, ScriptActor Script, UserActor Erased)> SetUpAsync()
    {
        var app = await RegisterAsync();
        await RotateNothingAsync(app);
        var script = await AddScriptAsync(app);
        var ada = await AddUserAsync(app);
        await AddNamedUserAsync(app, "Grace");
        await app.User(ada.Id).SetFieldAsync("city", "Bath");
        foreach (var text in (string[])["first", "second"])
            await app.User(ada.Id).PutRecordAsync("letters", RecordContent.Text(text));
        await ada.To(script).GiveAsync();
        var erased = await AddUserAsync(app, new Dictionary<string, string> { ["email"] = "gone@example.org" });
        await erased.To(script).GiveAsync();
        await erased.Session.EraseAsync(erased.Id);
        return (app, ada, script, erased);
    }

    private async Task AssertAsBeforeAsync(
        ApplicationActor app, UserActor ada, ScriptActor script, UserActor erased)
    {
        var own = await ada.Self.GetAsync();
        Assert.Equal(
            ("Ada Lovelace", "ada@example.org", "Bath"), (own.Fields["name"], own.Fields["email"], own.Fields["city"]));
        Assert.Equal(["London"], (await ada.Self.GetHistoryAsync("city")).Select(version => version.Value));
        var reading = await script.ReadAsync(ada.Id, Everything);
        Assert.Equal("ada@example.org", reading.Fields["email"]);
        Assert.Equal(["first", "second"], reading.Records!.Items.Select(record => record.Content.AsText()).Order());
        Assert.Equal([ada.Id], (await app.Session.FindUsersAsync("email", "ADA@example.org")).Items);
        Assert.Equal([ada.Id], (await app.Session.FindUsersAsync("city", "bath")).Items);
        Assert.Equal(2, (await app.Self.ListUsersAsync()).Items.Count);
        await RefusedAsync(ErrorCode.Conflict, () => app.Session.CreateUserAsync(Ada));
        await RefusedAsync(ErrorCode.Erased, () => script.ReadAsync(erased.Id, Everything));
        var readings = new List<UserId>();
        await foreach (var read in script.Session.ReadAllAsync(["name"])) readings.Add(read.User);
        Assert.Equal([ada.Id], readings);
        Assert.Equal(ConsentStatus.Given, (await ada.To(script).GetAsync()).Status);
    }
}
