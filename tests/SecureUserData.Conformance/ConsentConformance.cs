namespace SecureUserData.Conformance;

/// <summary>What users decide, and how long it holds.</summary>
public abstract class ConsentConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    [Fact]
    public async Task A_given_consent_names_its_notice_scope_capacity_and_entry_in_the_log()
    {
        var (_, user, script) = await AskAsync();
        var asked = await user.To(script).GetAsync();

        var given = await user.To(script).GiveAsync(new ConsentGrant(asked.Script.Notice)
        {
            Capacity = ConsentCapacity.ParentOrGuardian,
            Expires = Clock.GetUtcNow().AddDays(1),
        });

        Assert.Equal(ConsentStatus.Requested, asked.Status);
        Assert.Equal(ConsentStatus.Given, given.Status);
        var decision = given.Decision!;
        Assert.Equal((1, asked.Script.Notice), (decision.ScriptVersion, decision.Notice));
        Assert.Equal(["email", "name"], decision.Fields);
        Assert.Equal(["letters"], decision.Collections);
        Assert.Equal(ConsentCapacity.ParentOrGuardian, decision.Capacity);
        Assert.Equal((Clock.GetUtcNow(), Clock.GetUtcNow().AddDays(1)), (decision.At, decision.Expires));
        var entry = (await LogAsync(user))[^1];
        Assert.Equal((Activity.ConsentDecided, user.Id.ToString()), (entry.Activity, entry.Actor));
        Assert.Equal(entry.Sequence, decision.Sequence);
        Assert.Equal([$"script/{script.Id}"], entry.Names);
        Assert.Equal((ConsentStatus.Given, asked.Script.Notice), (entry.Decision!.Status, entry.Decision.Notice));
        Assert.Equal(["email", "name"], entry.Decision.Fields);
    }

    [Fact]
    public async Task A_user_may_give_a_part_of_what_is_asked()
    {
        var (_, user, script) = await AskAsync();
        var notice = (await user.To(script).GetAsync()).Script.Notice;

        var given = await user.To(script).GiveAsync(new ConsentGrant(notice) { Fields = ["name"], Collections = [] });

        Assert.Equal(["name"], given.Decision!.Fields);
        Assert.Empty(given.Decision.Collections);
        Assert.Equal(["name"], (await script.ReadAsync(user, "name")).Fields.Keys);
        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "email"));
        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user.Id, new Selection { Collection = "letters" }));
    }

    [Fact]
    public async Task A_grant_that_is_wider_than_asked_or_says_nothing_is_invalid_and_decides_nothing()
    {
        var (_, user, script) = await AskAsync();
        var grant = new ConsentGrant((await user.To(script).GetAsync()).Script.Notice);
        ConsentGrant[] refused =
        [
            grant with { Fields = ["email", "city"] },
            grant with { Collections = ["letters", "drafts"] },
            grant with { Fields = ["letters"] },
            grant with { Fields = ["name", "name"] },
            grant with { Fields = [], Collections = [] },
            grant with { Expires = Clock.GetUtcNow() },
            grant with { Expires = Clock.GetUtcNow().AddDays(-1) },
            grant with { Capacity = 0 },
            grant with { Capacity = (ConsentCapacity)4 },
            null!,
        ];

        foreach (var wrong in refused)
            await RefusedAsync(ErrorCode.Invalid, () => user.To(script).GiveAsync(wrong));

        Assert.Equal(ConsentStatus.Requested, (await user.To(script).GetAsync()).Status);
        Assert.DoesNotContain(await LogAsync(user), entry => entry.Activity == Activity.ConsentDecided);
    }

    [Fact]
    public async Task A_grant_on_a_notice_that_is_not_in_force_any_more_is_a_conflict()
    {
        var (app, user, script) = await AskAsync();
        var stale = new ConsentGrant((await user.To(script).GetAsync()).Script.Notice);
        await app.Script(script.Id).AddVersionAsync(Newsletter with { Recipients = ["Ad Agency"] });

        await RefusedAsync(ErrorCode.Conflict, () => user.To(script).GiveAsync(stale));
        await RefusedAsync(ErrorCode.Conflict, () => user.To(script).GiveAsync(new ConsentGrant("")));

        Assert.Equal(ConsentStatus.Requested, (await user.To(script).GetAsync()).Status);
    }

    [Fact]
    public async Task A_withdrawn_consent_reads_nothing_until_it_is_given_again()
    {
        var (_, user, script) = await AskAsync();
        await user.To(script).GiveAsync();

        Assert.Equal(ConsentStatus.Withdrawn, (await user.To(script).WithdrawAsync()).Status);

        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "name"));
        await user.To(script).GiveAsync();
        Assert.Equal("Ada Lovelace", (await script.ReadAsync(user, "name")).Fields["name"]);
    }

    [Fact]
    public async Task Only_a_given_consent_can_be_withdrawn()
    {
        var (_, user, script) = await AskAsync();

        await RefusedAsync(ErrorCode.Conflict, () => user.To(script).WithdrawAsync());
        await user.To(script).RefuseAsync();
        await RefusedAsync(ErrorCode.Conflict, () => user.To(script).WithdrawAsync());

        Assert.Equal(ConsentStatus.Refused, (await user.To(script).GetAsync()).Status);
    }

    [Fact]
    public async Task Refusing_takes_a_given_consent_back_and_is_decided_once()
    {
        var (_, user, script) = await AskAsync();
        await user.To(script).GiveAsync();

        await user.To(script).RefuseAsync();
        var view = await user.To(script).RefuseAsync();

        Assert.Equal(ConsentStatus.Refused, view.Status);
        Assert.Equal([ConsentStatus.Given, ConsentStatus.Refused], view.History.Select(decision => decision.Status));
        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "name"));
    }

    [Fact]
    public async Task A_consent_expires_at_its_time()
    {
        var (_, user, script) = await AskAsync();
        await user.To(script).GiveAsync(Clock.GetUtcNow().AddMinutes(2));

        Clock.Advance(TimeSpan.FromMinutes(2) - TimeSpan.FromMilliseconds(1));
        Assert.Single((await script.ReadAsync(user, "name")).Fields);
        Clock.Advance(TimeSpan.FromMilliseconds(1));

        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "name"));
        Assert.Equal(ConsentStatus.Expired, (await user.To(script).GetAsync()).Status);
        await RefusedAsync(ErrorCode.Conflict, () => user.To(script).WithdrawAsync());
        Assert.Equal(ConsentStatus.Given, (await user.To(script).GiveAsync()).Status);
    }

    [Fact]
    public async Task An_expiry_is_put_on_record_by_itself_when_its_time_has_come()
    {
        var (_, user, script) = await AskAsync();
        await user.To(script).GiveAsync(Clock.GetUtcNow().AddMinutes(2));

        Clock.Advance(TimeSpan.FromMinutes(3));

        await EventuallyAsync(async () => (await LogAsync(user))[^1].Decision?.Status == ConsentStatus.Expired);
        var history = (await user.To(script).GetAsync()).History;
        Assert.Equal([ConsentStatus.Given, ConsentStatus.Expired], history.Select(decision => decision.Status));
        Assert.Empty(history[^1].Fields);
    }

    [Fact]
    public async Task A_consent_given_again_without_an_end_does_not_expire_at_the_first_ones()
    {
        var (_, user, script) = await AskAsync();
        await user.To(script).GiveAsync(Clock.GetUtcNow().AddMinutes(2));
        await user.To(script).GiveAsync();

        Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(ConsentStatus.Given, (await user.To(script).GetAsync()).Status);
        Assert.Single((await script.ReadAsync(user, "name")).Fields);
    }

    [Fact]
    public async Task Pausing_stops_every_script_and_resuming_lets_go_on_what_was_allowed()
    {
        var (app, user, script) = await AskAsync();
        var refused = await AddScriptAsync(app);
        await user.To(script).GiveAsync();
        await user.To(refused).RefuseAsync();

        await user.Self.PauseAsync();
        await user.Self.PauseAsync();
        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "name"));
        Assert.True((await user.Self.GetAsync()).Paused);
        Assert.Equal(ConsentStatus.Given, (await user.To(script).GetAsync()).Status);
        await user.Self.ResumeAsync();

        Assert.Single((await script.ReadAsync(user, "name")).Fields);
        await RefusedAsync(ErrorCode.Denied, () => refused.ReadAsync(user, "name"));
        var log = await LogAsync(user);
        Assert.Single(log, entry => entry.Activity == Activity.ProcessingPaused);
        Assert.Single(log, entry => entry.Activity == Activity.ProcessingResumed);
        Assert.Contains(log, entry => entry is { Activity: Activity.ReadRefused, Reason: "paused" });
    }

    [Fact]
    public async Task The_history_keeps_the_newest_decisions_and_the_log_keeps_them_all()
    {
        var (_, user, script) = await AskAsync();
        for (var i = 0; i <= Limits.ConsentHistory / 2; i++)
        {
            await user.To(script).GiveAsync();
            await user.To(script).WithdrawAsync();
        }

        var history = (await user.To(script).GetAsync()).History;
        var decided = (await LogAsync(user)).Where(entry => entry.Activity == Activity.ConsentDecided).ToList();

        Assert.Equal(Limits.ConsentHistory + 2, decided.Count);
        Assert.Equal(decided[2..].Select(entry => entry.Sequence), history.Select(decision => decision.Sequence));
        Assert.Equal(decided[2..].Select(entry => entry.Decision!.Status), history.Select(decision => decision.Status));
    }

    private async Task<(ApplicationActor App, UserActor User, ScriptActor Script)> AskAsync()
    {
        var app = await RegisterAsync();
        return (app, await AddUserAsync(app), await AddScriptAsync(app));
    }
}
