namespace SecureUserData.Conformance;

/// <summary>Rotations that begin by themselves.</summary>
public abstract class RotationScheduleConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    [Fact]
    public async Task An_applications_key_is_rotated_at_90_days_and_users_keys_are_not()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        Assert.Equal(TimeSpan.FromDays(90), (await app.RotationOf().GetAsync()).Schedule.ApplicationKey);

        Clock.Advance(TimeSpan.FromDays(89));
        await AssertNothingBeginsAsync(app);
        Clock.Advance(TimeSpan.FromDays(1));
        await RunEventuallyAsync(app, runs: 1);

        var run = (await app.RotationOf().GetAsync()).Past[0];
        Assert.Equal((KeyKind.Application, RotationReason.Age, 2), (run.Key, run.Reason, run.To));
        Assert.DoesNotContain(await LogAsync(user), entry => entry.Activity == Activity.UserKeyRotated);
    }

    [Fact]
    public async Task Users_keys_are_rotated_at_the_age_that_is_set()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var schedule = new RotationSchedule { ApplicationKey = null, UserKeys = TimeSpan.FromDays(30) };

        Assert.Equal(schedule, (await app.RotationOf().SetScheduleAsync(schedule)).Schedule);
        Clock.Advance(TimeSpan.FromDays(30));
        await RunEventuallyAsync(app, runs: 1);
        Clock.Advance(TimeSpan.FromDays(30));
        await RunEventuallyAsync(app, runs: 2);

        Assert.Equal(2, (await LogAsync(user)).Count(entry => entry.Activity == Activity.UserKeyRotated));
        Assert.Equal(
            ["application-key/none", "user-keys/30d"],
            (await LogAsync(app.Self.ReadLogAsync)).Single(e => e.Activity == Activity.RotationScheduleChanged).Names);
    }

    [Fact]
    public async Task Ages_are_whole_days_from_one_to_a_hundred_years()
    {
        var app = await RegisterAsync();
        foreach (var period in (TimeSpan[])
            [TimeSpan.Zero, TimeSpan.FromDays(-1), TimeSpan.FromHours(25), TimeSpan.FromDays(36_526)])
            foreach (var wrong in (RotationSchedule[])[new() { ApplicationKey = period }, new() { UserKeys = period }])
                await RefusedAsync(ErrorCode.Invalid, () => app.RotationOf().SetScheduleAsync(wrong));
        Assert.Equal(new RotationSchedule(), (await app.RotationOf().GetAsync()).Schedule);
    }

    private async Task RunEventuallyAsync(ApplicationActor app, int runs) => await EventuallyAsync(async () =>
    {
        Clock.Advance(TimeSpan.FromMinutes(1));
        var report = await app.RotationOf().GetAsync();
        return report.Current is null && report.Past.Count == runs;
    });

    private async Task AssertNothingBeginsAsync(ApplicationActor app)
    {
        for (var look = 0; look < 300; look++)
        {
            if (look % 100 == 0) Clock.Advance(TimeSpan.FromSeconds(10));
            var report = await app.RotationOf().GetAsync();
            Assert.Equal((null, 0), (report.Current, report.Past.Count));
            await Task.Yield();
        }
    }
}
