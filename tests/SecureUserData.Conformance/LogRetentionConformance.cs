using System.Text.Json;

namespace SecureUserData.Conformance;

/// <summary>Entries of the users' logs that are kept no longer are emptied, and the chains hold.</summary>
public abstract class LogRetentionConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    private static readonly RetentionRules Year = new() { Log = TimeSpan.FromDays(365) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Entries_that_are_over_have_a_number_and_nothing_else_and_an_entry_says_which_ones()
    {
        var app = await RegisterAsync(Settings with { Retention = Year });
        var user = await AddUserAsync(app);
        for (var i = 0; i < 3; i++) await user.Self.SetFieldAsync("city", $"city {i}");
        Clock.Advance(TimeSpan.FromDays(200));
        await user.Self.SetFieldAsync("city", "Bath");
        await user.Self.SetFieldAsync("city", "Wells");

        Clock.Advance(TimeSpan.FromDays(164));
        await RunAsync(app);
        Assert.Equal(7, (await LogAsync(user)).Count);
        Clock.Advance(TimeSpan.FromDays(1));
        await RunAsync(app);

        for (var time = 0; time < 2; time++)
        {
            var log = await LogAsync(user);
            Assert.All(log[..5], entry => Assert.Equal(
                new AccessLogEntry(
                    $"{user.Id}", entry.Sequence, DateTimeOffset.UnixEpoch, "", Activity.Expired, entry.Names, null,
                    null, null, 1, null),
                entry));
            Assert.All(log[..5], entry => Assert.Empty(entry.Names));
            Assert.Equal(
                [Activity.FieldsSet, Activity.FieldsSet, Activity.LogExpired],
                log[5..].Select(entry => entry.Activity));
            Assert.Equal("entry/1..5 (5)", Assert.Single(log[7].Names));
            Assert.Contains(log[7].Actor, (string[])["system", $"{app.Id}"]); // who was first
            foreach (var after in (int[])[0, 3, 4, 5, 6])
                Assert.Equal(
                    log.Skip(after).Take(3).Select(entry => entry.Activity),
                    (await user.Self.ReadLogAsync(after, 3)).Select(entry => entry.Activity));
            await Fixture.VerifyLogAsync();
            await Fixture.RestartAsync();
            user = await AgainAsync(user);
        }
    }

    [Fact]
    public async Task It_is_done_daily_and_what_is_emptied_is_not_emptied_again()
    {
        var app = await RegisterAsync(Settings with { Retention = Year });
        var user = await AddUserAsync(app);
        for (var day = 0; day < 400; day += 20)
        {
            await user.Self.SetFieldAsync("city", $"city {day}");
            await user.Self.SetFieldAsync("city", $"city {day + 1}");
            Clock.Advance(TimeSpan.FromDays(20));
            await RunAsync(app);
            var entries = (await LogAsync(user)).Count;
            await RunAsync(app);
            Assert.Equal(entries, (await LogAsync(user)).Count);
            Assert.DoesNotContain((await LogAsync(user))[..^2], entry =>
                entry.Activity != Activity.Expired && entry.At <= Clock.GetUtcNow() - TimeSpan.FromDays(365));
        }
        Clock.Advance(TimeSpan.FromDays(366));
        for (var day = 0; day < 3; day++) await RunAsync(app);

        var log = await LogAsync(user);
        Assert.All(log[^2..], entry => Assert.Equal(Activity.LogExpired, entry.Activity));
        Assert.All(log[..^2], entry => Assert.Equal(Activity.Expired, entry.Activity));
        Clock.Advance(TimeSpan.FromDays(1_000));
        await RunAsync(app); // who is not heard of any more has nothing that is over
        Assert.Equal(log, await LogAsync(user), SameEntry);
        await Fixture.VerifyLogAsync();
    }

    [Fact]
    public async Task The_decision_in_force_is_kept_however_old_it_is_and_emptied_when_it_is_not_any_more()
    {
        var app = await RegisterAsync(Settings with { Retention = Year });
        var (user, first, second) = (await AddUserAsync(app), await AddScriptAsync(app), await AddScriptAsync(app));
        await user.To(first).GiveAsync();
        await user.To(second).GiveAsync();
        await user.To(second).WithdrawAsync();
        Clock.Advance(TimeSpan.FromDays(400));
        await user.Self.GetAsync();

        await RunAsync(app);
        var log = await LogAsync(user);
        Assert.Equal(
            [Activity.Expired, Activity.Expired, Activity.ConsentDecided, Activity.Expired, Activity.ConsentDecided],
            log[..5].Select(entry => entry.Activity));
        await Fixture.RestartAsync();
        (app, user, first, second) =
            (await AgainAsync(app), await AgainAsync(user), await AgainAsync(first), await AgainAsync(second));
        Assert.Equal(["name"], (await first.ReadAsync(user, "name")).Fields.Keys);
        await RefusedAsync(ErrorCode.Denied, () => second.ReadAsync(user, "name"));
        Assert.Equal(ConsentStatus.Withdrawn, (await user.To(second).GetAsync()).Status);
        await RunAsync(app);
        Assert.Equal(Activity.ConsentDecided, (await LogAsync(user))[2].Activity);

        await user.To(first).WithdrawAsync();
        await user.Self.SetFieldAsync("city", "Bath"); // stores what is in force

        await RunAsync(app);
        Assert.Equal(Activity.Expired, (await LogAsync(user))[2].Activity);
        await user.To(first).GiveAsync();
        Assert.Equal(["name"], (await first.ReadAsync(user, "name")).Fields.Keys);
        await Fixture.VerifyLogAsync();
    }

    [Fact]
    public async Task A_long_chain_is_emptied_in_steps_and_a_preview_counts_it()
    {
        var app = await RegisterAsync();
        await RotateNothingAsync(app);
        var (user, script) = (await AddUserAsync(app), await AddScriptAsync(app));
        await user.To(script).GiveAsync();
        await Task.WhenAll(Enumerable.Range(0, 2_500).Select(_ => script.ReadAsync(user, "name")));
        Clock.Advance(TimeSpan.FromDays(365));
        await user.Self.GetAsync();
        await app.Self.SetRetentionAsync(Year);

        var preview = await RetentionOf(app).PreviewToEndAsync(cancellation: Cancellation);

        Assert.Equal(new RetentionCounts(Users: 1, LogEntries: 2_502), preview);
        Assert.Equal(preview, await RunAsync(app));
        var log = await LogAsync(user);
        Assert.Equal(3, log.Count(entry => entry.Activity == Activity.LogExpired));
        Assert.Equal(2_502, log.Count(entry => entry.Activity == Activity.Expired));
        await Fixture.VerifyLogAsync();
    }

    [Fact]
    public async Task Reports_skip_what_is_emptied_and_an_export_holds_its_rows()
    {
        var app = await RegisterAsync();
        var (user, script) = (await AddUserAsync(app), await AddScriptAsync(app));
        await user.To(script).GiveAsync();
        await script.ReadAsync(user, "name");
        Clock.Advance(TimeSpan.FromDays(365));
        await script.ReadAsync(user, "email");
        await app.Self.SetRetentionAsync(Year);
        await RunAsync(app);

        var accesses = await AllAsync(cursor => app.Self.ListAccessesAsync(cursor: cursor));

        Assert.Equal("field/email", Assert.Single(Assert.Single(accesses.Items).Names));
        using var stream = new MemoryStream();
        await user.Session.ExportAsync(stream, cancellation: Cancellation);
        var rows = JsonDocument.Parse(stream.ToArray()).RootElement.GetProperty("accessLog").EnumerateArray().ToList();
        Assert.Equal(
            ["Expired", "Expired", "ConsentDecided", "Expired", "DataRead", "LogExpired"],
            rows[..6].Select(row => row.GetProperty("activity").GetString()));
        Assert.Equal(32, rows[0].GetProperty("mac").GetBytesFromBase64().Length);
        Assert.Equal(
            $$"""{"app":"{{app.Id}}","expired":true}""",
            System.Text.Encoding.UTF8.GetString(rows[0].GetProperty("body").GetBytesFromBase64()));
    }

    [Fact]
    public async Task The_log_of_an_erased_user_is_emptied_too()
    {
        var app = await RegisterAsync(Settings with { Retention = Year });
        var (user, script) = (await AddUserAsync(app), await AddScriptAsync(app));
        await user.To(script).GiveAsync();
        await script.ReadAsync(user, "name");
        await app.Session.EraseAsync(user.Id, cancellation: Cancellation);

        Clock.Advance(TimeSpan.FromDays(364));
        await RunAsync(app);
        Assert.Single((await AllAsync(cursor => app.Self.ListAccessesAsync(cursor: cursor))).Items);
        Clock.Advance(TimeSpan.FromDays(1));

        for (var day = 0; day < 3; day++) await RunAsync(app); // the newest one can follow when it is not any more
        Assert.Equal(0, (await RetentionOf(app).PreviewToEndAsync(cancellation: Cancellation)).LogEntries);
        await Fixture.VerifyLogAsync();
        Assert.Empty((await AllAsync(cursor => app.Self.ListAccessesAsync(cursor: cursor))).Items);
        Assert.NotNull((await app.Session.Get(new ErasureId(user.Id)).GetAsync())!.Certificate);
    }

    [Fact]
    public async Task The_newest_entry_is_left_alone()
    {
        var app = await RegisterAsync(Settings with { Retention = Year });
        var created = await app.Session.CreateUserAsync(Ada);
        Clock.Advance(TimeSpan.FromDays(1_000));

        await RunAsync(app);

        var user = new UserActor(created.Id, await Engine.ClaimAsync(created.ClaimCode), app.Session);
        user = await AgainAsync(user);
        await RunAsync(app);
        Assert.Equal(
            [Activity.Expired, Activity.CredentialClaimed, Activity.LogExpired],
            (await LogAsync(user)).Select(entry => entry.Activity));
    }

    private static IRetention RetentionOf(ApplicationActor app) => app.Session.Get(new RetentionId(app.Id));

    /// <summary>A whole run. One that a wake-up has begun may have been first.</summary>
    private static async Task<RetentionCounts> RunAsync(ApplicationActor app) =>
        (await RetentionOf(app).RunToEndAsync(cancellation: Cancellation)).Last!.Counts;

    private static bool SameEntry(AccessLogEntry one, AccessLogEntry other) =>
        (one.Sequence, one.At, one.Activity) == (other.Sequence, other.At, other.Activity);
}
