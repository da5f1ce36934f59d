namespace SecureUserData.Conformance;

/// <summary>What becomes of decisions when a script changes.</summary>
public abstract class ScriptVersionConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    public static TheoryData<string, ScriptText> WideningVersions => new()
    {
        { "a field more", Newsletter with { Fields = ["email", "name", "city"] } },
        { "a collection more", Newsletter with { Collections = ["letters", "drafts"] } },
        { "another field", Newsletter with { Fields = ["name", "city"] } },
        { "another name", Newsletter with { Name = "Advertisements" } },
        { "another purpose", Newsletter with { Purpose = "Sell the address" } },
        { "another legal basis", Newsletter with { LegalBasis = LegalBasis.Contract } },
        { "another recipient", Newsletter with { Recipients = ["Print Shop Ltd", "Ad Agency"] } },
        { "a longer retention", Newsletter with { Retention = "P10Y" } },
        { "less scope, but another purpose", Newsletter with { Fields = ["name"], Purpose = "Sell the name" } },
    };

    [Theory]
    [MemberData(nameof(WideningVersions), DisableDiscoveryEnumeration = true)]
    public async Task A_version_that_does_anything_but_narrow_invalidates_the_decision(string what, ScriptText text)
    {
        var (app, user, script) = await AskAsync();
        await user.To(script).GiveAsync();
        await app.Script(script.Id).AddVersionAsync(text);
        script = await AgainAsync(script);

        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "name"));

        var view = await user.To(script).GetAsync();
        Assert.True(view.Status == ConsentStatus.Invalidated, what);
        Assert.Equal((2, 2), (view.Script.Version, view.Decision!.ScriptVersion));
        Assert.Equal([ConsentStatus.Given, ConsentStatus.Invalidated], view.History.Select(past => past.Status));
        await user.To(script).GiveAsync();
        Assert.Single((await script.ReadAsync(user, "name")).Fields);
    }

    [Fact]
    public async Task A_narrowing_version_keeps_the_decision_with_the_narrower_scope()
    {
        var (app, user, script) = await AskAsync();
        await user.To(script).GiveAsync();
        await app.Script(script.Id).AddVersionAsync(Newsletter with { Collections = [] });
        await app.Script(script.Id).AddVersionAsync(Newsletter with { Fields = ["name"], Collections = [] });
        script = await AgainAsync(script);

        Assert.Equal("Ada Lovelace", (await script.ReadAsync(user, "name")).Fields["name"]);
        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "email"));
        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user.Id, new Selection { Collection = "letters" }));

        var view = await user.To(script).GetAsync();
        Assert.Equal(ConsentStatus.Given, view.Status);
        Assert.Equal(3, view.Decision!.ScriptVersion);
        Assert.Equal(view.Script.Notice, view.Decision.Notice);
        Assert.Equal(["name"], view.Decision.Fields);
        Assert.Empty(view.Decision.Collections);
    }

    [Fact]
    public async Task What_a_version_gave_up_does_not_come_back_with_the_next_one()
    {
        var (app, user, script) = await AskAsync();
        await user.To(script).GiveAsync();
        await app.Script(script.Id).AddVersionAsync(Newsletter with { Fields = ["name"] });
        await app.Script(script.Id).AddVersionAsync(Newsletter);

        Assert.Equal(ConsentStatus.Invalidated, (await user.To(script).GetAsync()).Status);
        await RefusedAsync(ErrorCode.Denied, async () => await (await AgainAsync(script)).ReadAsync(user, "name"));
    }

    [Fact]
    public async Task A_narrowing_version_adds_nothing_to_a_partial_grant()
    {
        var (app, user, script) = await AskAsync();
        var notice = (await user.To(script).GetAsync()).Script.Notice;
        await user.To(script).GiveAsync(new ConsentGrant(notice) { Fields = ["name"], Collections = [] });

        await app.Script(script.Id).AddVersionAsync(Newsletter with { Collections = [] });

        Assert.Equal(["name"], (await user.To(script).GetAsync()).Decision!.Fields);
        await RefusedAsync(ErrorCode.Denied, async () => await (await AgainAsync(script)).ReadAsync(user, "email"));
    }

    [Fact]
    public async Task A_narrowing_version_keeps_the_expiry()
    {
        var (app, user, script) = await AskAsync();
        var expires = Clock.GetUtcNow().AddMinutes(2);
        await user.To(script).GiveAsync(expires);
        await app.Script(script.Id).AddVersionAsync(Newsletter with { Fields = ["name"] });

        Assert.Equal(expires, (await user.To(script).GetAsync()).Decision!.Expires);
        Clock.Advance(TimeSpan.FromMinutes(3));

        await RefusedAsync(ErrorCode.Denied, async () => await (await AgainAsync(script)).ReadAsync(user, "name"));
        await EventuallyAsync(async () =>
            (await LogAsync(user)).Any(entry => entry.Decision?.Status == ConsentStatus.Expired));
    }

    [Fact]
    public async Task A_refusal_outlives_a_narrowing_version_and_is_asked_anew_after_a_widening_one()
    {
        var (app, user, script) = await AskAsync();
        await user.To(script).RefuseAsync();

        await app.Script(script.Id).AddVersionAsync(Newsletter with { Fields = ["name"] });
        Assert.Equal(ConsentStatus.Refused, (await user.To(script).GetAsync()).Status);
        await app.Script(script.Id).AddVersionAsync(Newsletter);
        Assert.Equal(ConsentStatus.Invalidated, (await user.To(script).GetAsync()).Status);
    }

    private async Task<(ApplicationActor App, UserActor User, ScriptActor Script)> AskAsync()
    {
        var app = await RegisterAsync();
        return (app, await AddUserAsync(app), await AddScriptAsync(app));
    }
}
