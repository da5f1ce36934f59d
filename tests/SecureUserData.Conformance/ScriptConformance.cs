namespace SecureUserData.Conformance;

/// <summary>Registering scripts and their versions, and who sees them.</summary>
public abstract class ScriptConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    private static readonly ScriptText[] Changed =
    [
        Newsletter with { Name = "Newsletter 2" },
        Newsletter with { Purpose = "Send the weekly letter" },
        Newsletter with { LegalBasis = LegalBasis.LegitimateInterests },
        Newsletter with { Retention = "P31D" },
        Newsletter with { Recipients = ["Print Shop Ltd", "Post Office"] },
        Newsletter with { Recipients = [] },
        Newsletter with { Fields = ["email", "name", "city"] },
        Newsletter with { Fields = ["email"] },
        Newsletter with { Fields = [] },
        Newsletter with { Collections = ["letters", "drafts"] },
        Newsletter with { Collections = [] },
        // the same words, differently divided
        Newsletter with { Fields = ["email", "name", "letters"], Collections = [] },
    ];

    [Fact]
    public async Task A_registered_script_is_described_to_itself_its_application_and_its_users()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var script = await AddScriptAsync(app);

        foreach (var session in (ISession[])[app.Session, user.Session, script.Session])
        {
            var view = await session.Get(script.Id).GetAsync();
            Assert.Equal((script.Id, app.Id, 1), (view.Id, view.App, view.Version));
            AssertSame(Newsletter, view.Text);
            Assert.Equal(Clock.GetUtcNow(), view.RegisteredAt);
            Assert.Equal(32, System.Buffers.Text.Base64Url.DecodeFromChars(view.Notice).Length);
        }
        Assert.Equal(new Identity(CallerKind.Script, script.Id.ToString(), app.Id), script.Session.Identity);
    }

    [Fact]
    public async Task A_new_version_takes_the_place_of_the_one_before()
    {
        var app = await RegisterAsync();
        var script = await AddScriptAsync(app);
        Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(2, await app.Script(script.Id).AddVersionAsync(Changed[0]));
        Assert.Equal(3, await app.Script(script.Id).AddVersionAsync(Changed[6]));

        var view = await app.Script(script.Id).GetAsync();
        Assert.Equal(3, view.Version);
        AssertSame(Changed[6], view.Text);
        Assert.Equal(Clock.GetUtcNow(), view.RegisteredAt);
    }

    [Fact]
    public async Task The_notice_changes_with_everything_that_a_user_is_told_and_with_nothing_else()
    {
        var app = await RegisterAsync();
        var script = app.Script((await AddScriptAsync(app)).Id);
        var first = (await script.GetAsync()).Notice;
        var notices = new HashSet<string> { first };

        foreach (var text in Changed)
        {
            await script.AddVersionAsync(text);
            Assert.True(notices.Add((await script.GetAsync()).Notice), $"The notice stayed the same: {text}");
        }

        await script.AddVersionAsync(Newsletter);
        Assert.Equal(first, (await script.GetAsync()).Notice);
    }

    [Fact]
    public async Task Users_created_before_and_after_a_script_see_it_at_once_as_Requested()
    {
        var app = await RegisterAsync();
        var before = await AddNamedUserAsync(app, "Ada");
        var script = await AddScriptAsync(app);
        var after = await AddNamedUserAsync(app, "Grace");

        foreach (var user in (UserActor[])[before, after])
        {
            var consent = Assert.Single((await user.Overview.ListConsentsAsync()).Items);
            Assert.Equal(new ConsentId(user.Id, script.Id), consent.Id);
            Assert.Equal(ConsentStatus.Requested, consent.Status);
            Assert.Equal(script.Id, consent.Script.Id);
            AssertSame(Newsletter, consent.Script.Text);
            Assert.Null(consent.Decision);
            Assert.Empty(consent.History);
        }
    }

    [Fact]
    public async Task Users_do_not_see_another_applications_scripts()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        await AddScriptAsync(await RegisterAsync());

        Assert.Empty((await user.Overview.ListConsentsAsync()).Items);
    }

    [Fact]
    public async Task Scripts_are_listed_by_pages_in_the_order_of_their_registration()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var scripts = new List<ScriptActor>();
        for (var i = 0; i < 5; i++) scripts.Add(await AddScriptAsync(app, Newsletter with { Name = $"Script {i}" }));
        await user.To(scripts[1]).GiveAsync();
        await user.To(scripts[3]).RefuseAsync();

        var (ids, sizes) = await AllAsync(cursor => app.Self.ListScriptsAsync(cursor, 2));
        var (consents, consentSizes) = await AllAsync(cursor => user.Overview.ListConsentsAsync(cursor, 2));

        Assert.Equal(scripts.Select(script => script.Id), ids);
        Assert.Equal([2, 2, 1], sizes);
        Assert.Equal(ids, consents.Select(consent => consent.Id.Script));
        Assert.Equal([2, 2, 1], consentSizes);
        Assert.Equal(
            [ConsentStatus.Requested, ConsentStatus.Given, ConsentStatus.Requested, ConsentStatus.Refused,
                ConsentStatus.Requested],
            consents.Select(consent => consent.Status));
        await RefusedAsync(ErrorCode.Invalid, () => user.Overview.ListConsentsAsync("none"));
        await RefusedAsync(ErrorCode.Invalid, () => user.Overview.ListConsentsAsync(limit: 0));
    }

    [Fact]
    public async Task Texts_beyond_a_limit_are_invalid_and_register_nothing()
    {
        var app = await RegisterAsync();
        var script = await AddScriptAsync(app);
        var names = Enumerable.Range(0, Limits.ScopeItems + 1).Select(i => $"field {i}").ToList();
        ScriptText[] refused =
        [
            Newsletter with { Name = "" },
            Newsletter with { Name = new string('n', Limits.TitleLength + 1) },
            Newsletter with { Name = "News\u202Eletter" },
            Newsletter with { Purpose = " " },
            Newsletter with { Purpose = new string('p', Limits.TextLength + 1) },
            Newsletter with { Purpose = "line\nbreak" },
            Newsletter with { Purpose = "escape \e[2J" },
            Newsletter with { Retention = "" },
            Newsletter with { Retention = null! },
            Newsletter with { LegalBasis = 0 },
            Newsletter with { LegalBasis = (LegalBasis)7 },
            Newsletter with { Fields = [], Collections = [] },
            Newsletter with { Fields = names },
            Newsletter with { Fields = ["email", "email"] },
            Newsletter with { Fields = ["e/mail"] },
            Newsletter with { Fields = null! },
            Newsletter with { Collections = names },
            Newsletter with { Collections = null! },
            Newsletter with { Recipients = [.. names.Take(Limits.Recipients + 1)] },
            Newsletter with { Recipients = [""] },
            Newsletter with { Recipients = null! },
            null!,
        ];

        foreach (var text in refused)
        {
            await RefusedAsync(ErrorCode.Invalid, () => app.Session.RegisterScriptAsync(text));
            await RefusedAsync(ErrorCode.Invalid, () => app.Script(script.Id).AddVersionAsync(text));
        }

        Assert.Equal([script.Id], (await app.Self.ListScriptsAsync()).Items);
        Assert.Equal(1, (await app.Script(script.Id).GetAsync()).Version);
    }

    [Fact]
    public async Task Registrations_are_on_record_in_the_applications_chain()
    {
        var app = await RegisterAsync();
        var script = await AddScriptAsync(app);
        await app.Script(script.Id).AddVersionAsync(Changed[0]);

        var log = await LogAsync(app.Self.ReadLogAsync);

        Assert.Equal([Activity.ScriptRegistered, Activity.ScriptVersionAdded], log.Select(entry => entry.Activity));
        Assert.All(log, entry => Assert.Equal([$"script/{script.Id}"], entry.Names));
        Assert.Equal([1, 2], log.Select(entry => entry.ScriptVersion));
    }

    [Fact]
    public async Task A_script_is_registered_once_under_its_id()
    {
        var app = await RegisterAsync();
        var foreign = await RegisterAsync();
        var script = await AddScriptAsync(app);

        var own = await RefusedAsync(ErrorCode.Conflict, () => app.Script(script.Id).RegisterAsync(Changed[0]));
        var others = await RefusedAsync(ErrorCode.Conflict, () => foreign.Script(script.Id).RegisterAsync(Changed[0]));

        Assert.Equal(own.Message, others.Message);
        AssertSame(Newsletter, (await script.Self.GetAsync()).Text);
    }

    private static void AssertSame(ScriptText expected, ScriptText actual)
    {
        Assert.Equal(
            (expected.Name, expected.Purpose, expected.LegalBasis, expected.Retention),
            (actual.Name, actual.Purpose, actual.LegalBasis, actual.Retention));
        Assert.Equal(expected.Fields, actual.Fields);
        Assert.Equal(expected.Collections, actual.Collections);
        Assert.Equal(expected.Recipients, actual.Recipients);
    }
}
