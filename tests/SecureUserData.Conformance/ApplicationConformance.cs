namespace SecureUserData.Conformance;

/// <summary>Registering applications, and looking users up.</summary>
public abstract class ApplicationConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    [Fact]
    public async Task A_registered_application_sees_what_it_declared()
    {
        var app = await RegisterAsync();

        var view = await app.Self.GetAsync();

        Assert.Equal(app.Id, view.Id);
        Assert.Equal("City Library", view.Settings.Name);
        Assert.Equal(["email"], view.Settings.UniqueFields);
        Assert.Equal(["city"], view.Settings.IndexedFields);
        Assert.Equal(Clock.GetUtcNow(), view.RegisteredAt);
        Assert.Equal(1, view.KeyVersion);
        Assert.Equal(new Identity(CallerKind.Application, app.Id.ToString(), app.Id), app.Session.Identity);
    }

    [Fact]
    public async Task Settings_beyond_a_limit_are_invalid_and_register_nothing()
    {
        var session = await OperatorAsync();
        var before = await ApplicationsAsync(session);
        var names = Enumerable.Range(0, Limits.ScopeItems + 1).Select(i => $"field {i}").ToList();
        ApplicationSettings[] refused =
        [
            new(""),
            new("   "),
            new(new string('a', Limits.TitleLength + 1)),
            new("line\nbreak"),
            new("right to left \u202E override"),
            new("zero width \u200B space"),
            new("Library") { UniqueFields = names },
            new("Library") { IndexedFields = names },
            new("Library") { UniqueFields = ["email", "email"] },
            new("Library") { UniqueFields = ["email"], IndexedFields = ["email"] },
            new("Library") { UniqueFields = [new string('a', Limits.NameLength + 1)] },
            new("Library") { UniqueFields = ["e/mail"] },
            new("Library") { IndexedFields = [""] },
            new("Library") { UniqueFields = null! },
            null!,
        ];

        foreach (var settings in refused)
            await RefusedAsync(ErrorCode.Invalid, () => session.RegisterApplicationAsync(settings));

        Assert.Equal(before, await ApplicationsAsync(session));
    }

    [Fact]
    public async Task Settings_at_the_limits_are_kept()
    {
        var settings = new ApplicationSettings(new string('ä', Limits.TitleLength))
        {
            UniqueFields = [.. Enumerable.Range(0, Limits.ScopeItems).Select(i => $"unique {i}".PadRight(64, 'x'))],
            IndexedFields = [.. Enumerable.Range(0, Limits.ScopeItems).Select(i => $"indexed-{i}")],
        };

        var view = await (await RegisterAsync(settings)).Self.GetAsync();

        Assert.Equal(settings.Name, view.Settings.Name);
        Assert.Equal(settings.UniqueFields, view.Settings.UniqueFields);
        Assert.Equal(settings.IndexedFields, view.Settings.IndexedFields);
    }

    [Fact]
    public async Task Operators_list_applications_in_the_order_of_their_registration()
    {
        ApplicationActor[] apps = [await RegisterAsync(), await RegisterAsync(), await RegisterAsync()];
        var session = await OperatorAsync();

        var (ids, sizes) = await AllAsync(cursor => session.Get(new InstallationId()).ListApplicationsAsync(cursor, 2));

        Assert.Equal(apps.Select(app => app.Id), ids[^3..]);
        Assert.All(sizes, size => Assert.InRange(size, 1, 2));
    }

    [Fact]
    public async Task Registrations_are_on_record_in_the_installations_chain()
    {
        var session = await OperatorAsync();
        var app = await RegisterAsync();

        var entry = (await LogAsync(session.Get(new InstallationId()).ReadLogAsync))[^1];

        Assert.Equal(Activity.ApplicationRegistered, entry.Activity);
        Assert.Equal([$"application/{app.Id}"], entry.Names);
        Assert.Equal(session.Identity.Id, entry.Actor);
    }

    [Fact]
    public async Task A_user_is_found_by_a_unique_field_in_any_case_and_Unicode_form()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app, new Dictionary<string, string> { ["email"] = "rené@example.org" });
        await AddNamedUserAsync(app, "somebody else");

        foreach (var value in (string[])["rené@example.org", "RENE\u0301@EXAMPLE.ORG", "  René@ｅxample.org "])
            Assert.Equal([user.Id], (await app.Session.FindUsersAsync("email", value)).Items);
        Assert.Empty((await app.Session.FindUsersAsync("email", "rene@example.org")).Items);
    }

    [Fact]
    public async Task Users_who_share_an_indexed_value_are_found_by_pages_in_the_order_of_their_creation()
    {
        var app = await RegisterAsync();
        var users = new List<UserId>();
        for (var i = 0; i < 5; i++)
        {
            users.Add((await app.Session.CreateUserAsync(new Dictionary<string, string> { ["city"] = "Kyōto" })).Id);
            await app.Session.CreateUserAsync(new Dictionary<string, string> { ["city"] = "Ōsaka" });
        }

        var (found, sizes) = await AllAsync(cursor => app.Session.FindUsersAsync("city", "kyo\u0304to", cursor, 2));

        Assert.Equal(users, found);
        Assert.Equal([2, 2, 1], sizes);
    }

    [Fact]
    public async Task A_changed_value_is_found_and_the_old_one_is_not()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);

        await user.Self.SetFieldAsync("city", "Paris");

        Assert.Equal([user.Id], (await app.Session.FindUsersAsync("city", "Paris")).Items);
        Assert.Empty((await app.Session.FindUsersAsync("city", "London")).Items);
        await user.Self.SetFieldAsync("city", null);
        Assert.Empty((await app.Session.FindUsersAsync("city", "Paris")).Items);
    }

    [Fact]
    public async Task A_look_up_that_cannot_be_answered_is_invalid()
    {
        var app = await RegisterAsync();
        await AddUserAsync(app);

        await RefusedAsync(ErrorCode.Invalid, () => app.Session.FindUsersAsync("name", "Ada Lovelace"));
        await RefusedAsync(ErrorCode.Invalid, () => app.Session.FindUsersAsync("email", " "));
        await RefusedAsync(ErrorCode.Invalid, () => app.Session.FindUsersAsync("email", "half \uD800"));
        await RefusedAsync(ErrorCode.Invalid, () => app.Session.FindUsersAsync("email", "ada", "not a cursor"));
        Assert.Empty((await AllAsync(cursor => app.Self.ListLookUpsAsync(cursor))).Items);
        foreach (var limit in (int[])[0, -1, Limits.PageItems + 1])
        {
            await RefusedAsync(ErrorCode.Invalid, () => app.Session.FindUsersAsync("email", "ada", limit: limit));
            await RefusedAsync(ErrorCode.Invalid, () => app.Self.ListUsersAsync(limit: limit));
            await RefusedAsync(ErrorCode.Invalid, () => app.Self.ListScriptsAsync(limit: limit));
            await RefusedAsync(ErrorCode.Invalid, () => app.Self.ListAccessesAsync(limit: limit));
            await RefusedAsync(ErrorCode.Invalid, () => app.Self.ListLookUpsAsync(limit: limit));
            await RefusedAsync(ErrorCode.Invalid, () => app.LookUps(0).ReadLogAsync(limit: limit));
            await RefusedAsync(ErrorCode.Invalid, () => app.Self.ReadLogAsync(limit: limit));
        }
    }

    [Fact]
    public async Task Look_ups_are_on_record_with_the_fields_name_and_never_its_value()
    {
        var app = await RegisterAsync();
        await AddUserAsync(app);
        var before = await LogAsync(app.Self.ReadLogAsync);

        await app.LookUps(7).FindUsersAsync("email", "ada@example.org");
        await app.LookUps(7).FindUsersAsync("email", "nobody@example.org");

        var entries = await LogAsync(app.LookUps(7).ReadLogAsync);
        Assert.Equal([Activity.UserLookedUp, Activity.UserLookedUp], entries.Select(entry => entry.Activity));
        Assert.All(entries, entry => Assert.Equal(["field/email"], entry.Names));
        Assert.All(entries, entry => Assert.Equal(app.Id.ToString(), entry.Actor));
        Assert.All(entries, entry => Assert.Equal($"{app.Id}/lookups/07", entry.Chain));
        Assert.Equal(before.Count, (await LogAsync(app.Self.ReadLogAsync)).Count);
    }

    [Fact]
    public async Task Every_part_of_the_look_ups_answers_alike_and_their_pages_can_be_mixed()
    {
        var app = await RegisterAsync();
        var users = new List<UserId>();
        for (var i = 0; i < 3; i++)
            users.Add((await app.Session.CreateUserAsync(new Dictionary<string, string> { ["city"] = "Kyōto" })).Id);
        foreach (var part in (int[])[-1, LookUpsId.Parts])
            Assert.Equal(
                ErrorCode.Invalid,
                Assert.Throws<SecureUserDataException>(() => { app.LookUps(part); }).Code);

        for (var part = 0; part < LookUpsId.Parts; part++)
        {
            var first = await app.LookUps(part).FindUsersAsync("city", "kyo\u0304to", limit: 2);
            var rest = await app.LookUps(LookUpsId.Parts - 1 - part).FindUsersAsync("city", "KYŌTO", first.Next);
            Assert.Equal(users, [.. first.Items, .. rest.Items]);
            Assert.Null(rest.Next);
        }
    }

    [Fact]
    public async Task An_application_sees_its_look_ups_of_all_parts_in_one_list_and_nobody_elses()
    {
        var (app, foreign) = (await RegisterAsync(), await RegisterAsync());
        var user = await AddUserAsync(app);
        var script = await AddScriptAsync(app);
        await user.To(script).GiveAsync();
        int[] parts = [7, 0, 63, 7];
        foreach (var part in parts)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await app.LookUps(part).FindUsersAsync(part == 0 ? "city" : "email", "London");
            await foreign.LookUps(part).FindUsersAsync("email", "London");
        }
        await script.ReadAsync(user, "name");

        var (lookUps, sizes) = await AllAsync(cursor => app.Self.ListLookUpsAsync(cursor, 3));
        var accesses = await AllAsync(cursor => app.Self.ListAccessesAsync(cursor: cursor));

        Assert.Equal(
            parts.Select(part => ($"{new LookUpsId(app.Id, part)}", part == 0 ? "field/city" : "field/email")),
            lookUps.OrderBy(entry => entry.At).Select(entry => (entry.Chain, Assert.Single(entry.Names))));
        Assert.All(lookUps, entry => Assert.Equal((Activity.UserLookedUp, $"{app.Id}"), (entry.Activity, entry.Actor)));
        Assert.All(sizes, size => Assert.InRange(size, 0, 3));
        Assert.Equal(Activity.DataRead, Assert.Single(accesses.Items).Activity);
    }

    [Fact]
    public async Task Only_an_application_looks_users_up()
    {
        var app = await RegisterAsync();
        var (user, script) = (await AddUserAsync(app), await AddScriptAsync(app));

        foreach (var session in (ISession[])[await OperatorAsync(), user.Session, script.Session])
            await RefusedAsync(ErrorCode.Denied, () => session.FindUsersAsync("email", "ada@example.org"));

        Assert.Empty((await AllAsync(cursor => app.Self.ListLookUpsAsync(cursor))).Items);
    }

    [Fact]
    public async Task A_parts_chain_goes_on_after_it_was_unloaded_and_its_log_key_replaced()
    {
        var app = await RegisterAsync();
        await RotateNothingAsync(app);
        await app.LookUps(1).FindUsersAsync("email", "ada@example.org");
        await Fixture.UnloadIdleAsync();
        app = await AgainAsync(app);
        await app.LookUps(1).FindUsersAsync("email", "ada@example.org");
        await app.RotateAsync(KeyKind.Log, Clock);
        await app.LookUps(1).FindUsersAsync("email", "ada@example.org");
        await Fixture.UnloadIdleAsync();
        app = await AgainAsync(app);
        await app.LookUps(1).FindUsersAsync("email", "ada@example.org");

        Assert.Equal(4, (await LogAsync(app.LookUps(1).ReadLogAsync)).Count);
        await Fixture.VerifyLogAsync();
    }

    [Fact]
    public async Task Users_are_listed_by_pages_in_the_order_of_their_creation()
    {
        var app = await RegisterAsync();
        var users = new List<UserId>();
        for (var i = 0; i < 5; i++) users.Add((await AddNamedUserAsync(app, $"user {i}")).Id);

        var (listed, sizes) = await AllAsync(cursor => app.Self.ListUsersAsync(cursor, 2));

        Assert.Equal(users, listed);
        Assert.Equal([2, 2, 1], sizes);
    }

    [Fact]
    public async Task An_application_sees_no_users_and_scripts_but_its_own()
    {
        var app = await RegisterAsync();
        var foreign = await RegisterAsync();
        await AddUserAsync(foreign);
        await AddScriptAsync(foreign);

        Assert.Empty((await app.Session.FindUsersAsync("email", "ada@example.org")).Items);
        Assert.Empty((await app.Self.ListUsersAsync()).Items);
        Assert.Empty((await app.Self.ListScriptsAsync()).Items);
        Assert.Empty((await AllAsync(cursor => app.Self.ListAccessesAsync(cursor: cursor))).Items);
    }

    [Fact]
    public async Task Another_applications_id_answers_like_an_unknown_one()
    {
        var app = await RegisterAsync();
        var foreign = await RegisterAsync();

        var known = await RefusedAsync(ErrorCode.NotFound, () => app.Session.Get(foreign.Id).GetAsync());
        var unknown = await RefusedAsync(ErrorCode.NotFound, () => app.Session.Get(AppId.New()).GetAsync());

        Assert.Equal(unknown.Message, known.Message);
    }

    private static async Task<List<AppId>> ApplicationsAsync(ISession session) =>
        (await AllAsync(cursor => session.Get(new InstallationId()).ListApplicationsAsync(cursor))).Items;
}
