namespace SecureUserData.Conformance;

/// <summary>The rotation of the master key.</summary>
public abstract class MasterRotationConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    private const string Second = "2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

    [Fact]
    public async Task The_old_key_may_leave_the_ring_afterwards_and_not_before()
    {
        var first = Fixture.MasterKeys;
        var one = await RegisterAsync();
        var ada = await AddUserAsync(one);
        var two = await RegisterAsync();
        await Fixture.RestartAsync($"{Second},{first}");
        Assert.Empty((await (await MasterAsync()).GetAsync()).Removable);
        // Nothing moves by itself: another process may not have the new key yet, and opens what this one has stored.
        await (await AgainAsync(two)).Self.SetRetentionAsync(RetentionRules.None);
        await (await OperatorAsync()).RegisterApplicationAsync(Settings); // which stores the installation
        await Fixture.RestartAsync(first);
        Assert.Equal("Ada Lovelace", (await (await AgainAsync(ada)).Self.GetAsync()).Fields["name"]);
        await RefusedAsync(ErrorCode.Unavailable, () => Fixture.RestartAsync(Second));

        await Fixture.RestartAsync($"{Second},{first}");
        var before = (await LogAsync((await OperatorAsync()).Get(new InstallationId()).ReadLogAsync)).Count;
        var report = await (await MasterAsync()).StartAsync();
        Assert.Null(report.Current);
        Assert.Equal([2, 1], report.Ring);
        Assert.Equal([1], report.Removable);
        var run = report.Past[0];
        Assert.Equal(
            (RotationPhase.Finished, 1, 2, 3L, 3L, 0L),
            (run.Phase, run.From, run.To, run.Total, run.Moved, run.Failed));
        await Fixture.RestartAsync(Second);
        Assert.Equal("Ada Lovelace", (await (await AgainAsync(ada)).Self.GetAsync()).Fields["name"]);
        var log = (await LogAsync((await OperatorAsync()).Get(new InstallationId()).ReadLogAsync))
            .Skip(before).ToList();
        Assert.Equal(
            ["master-key/1..2"], log.Single(entry => entry.Activity == Activity.KeyRotationStarted).Names);
        Assert.Equal(3, log.Single(entry => entry.Activity == Activity.KeyRotationFinished).Count);
        for (var again = 0; again < 2; again++) await (await MasterAsync()).StartAsync();
        await Fixture.RestartAsync(Second);
        var all = await LogAsync((await OperatorAsync()).Get(new InstallationId()).ReadLogAsync);
        Assert.DoesNotContain(all, entry => entry.Activity == Activity.NotApplied); // each start is in the state
        await Fixture.VerifyLogAsync();
    }

    [Fact]
    public async Task Whatever_was_rotated_the_installation_opens_and_its_log_says_that_all_was_done()
    {
        for (var run = 0; run < 3; run++) await (await MasterAsync()).StartAsync();

        await Fixture.RestartAsync();

        var log = await LogAsync((await OperatorAsync()).Get(new InstallationId()).ReadLogAsync);
        Assert.True(log.Count(entry => entry.Activity == Activity.KeyRotationStarted) >= 3);
        Assert.DoesNotContain(log, entry => entry.Activity == Activity.NotApplied);
    }

    private async Task<IMasterRotation> MasterAsync() => (await OperatorAsync()).Get(new MasterRotationId());
}
