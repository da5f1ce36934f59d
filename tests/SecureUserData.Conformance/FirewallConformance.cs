namespace SecureUserData.Conformance;

/// <summary>What scripts get to read, and what stands in the user's log then.</summary>
public abstract class FirewallConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    [Fact]
    public async Task A_given_consent_reads_the_selected_fields_and_leaves_out_what_the_user_does_not_have()
    {
        var (app, user, script) = await GiveAsync(Newsletter with { Fields = ["email", "name", "phone"] });

        Assert.Equal(
            new() { ["name"] = "Ada Lovelace", ["email"] = "ada@example.org" },
            (await script.ReadAsync(user, "name", "phone", "email")).Fields.ToDictionary());
        Assert.Equal(["name"], (await script.ReadAsync(user, "name")).Fields.Keys);
        Assert.Null((await script.ReadAsync(user, "name")).Records);

        await app.User(user.Id).SetFieldAsync("name", "Countess");
        Assert.Equal("Countess", (await script.ReadAsync(user, "name")).Fields["name"]);
    }

    [Fact]
    public async Task Only_a_given_consent_reads()
    {
        var (app, user, _) = await GiveAsync();
        var (requested, refused, withdrawn, expired, invalidated) = (
            await AddScriptAsync(app), await AddScriptAsync(app), await AddScriptAsync(app), await AddScriptAsync(app),
            await AddScriptAsync(app));
        await user.To(refused).RefuseAsync();
        await user.To(withdrawn).GiveAsync();
        await user.To(withdrawn).WithdrawAsync();
        await user.To(expired).GiveAsync(Clock.GetUtcNow().AddSeconds(1));
        await user.To(invalidated).GiveAsync();
        await app.Script(invalidated.Id).AddVersionAsync(Newsletter with { Purpose = "Something else" });
        Clock.Advance(TimeSpan.FromSeconds(1));
        invalidated = await AgainAsync(invalidated);

        foreach (var (script, reason) in ((ScriptActor, string)[])
            [(requested, "requested"), (refused, "refused"), (withdrawn, "withdrawn"), (expired, "expired"),
                (invalidated, "invalidated")])
        {
            await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "name"));
            var entry = (await LogAsync(user))[^1];
            Assert.Equal((Activity.ReadRefused, reason), (entry.Activity, entry.Reason));
            Assert.Equal(script.Id.ToString(), entry.Actor);
            Assert.Equal(["field/name"], entry.Names);
        }
    }

    [Fact]
    public async Task A_list_that_is_changed_after_it_was_passed_widens_neither_a_reading_nor_a_script()
    {
        List<string> asked = ["email"], selected = ["email"];
        var (app, user, script) = await GiveAsync(Newsletter with { Fields = asked, Collections = [] });
        asked.Add("name");

        for (var i = 0; i < 100; i++)
        {
            var reading = script.Session.Get(new ConsentId(user.Id, script.Id)).ReadAsync(new() { Fields = selected });
            selected.Add("name"); // after the check, while the entry is on its way to the disk
            try
            {
                Assert.Equal(["email"], (await reading).Fields.Keys);
            }
            catch (SecureUserDataException e) when (e.Code == ErrorCode.Denied)
            {
                // the list was changed before it was looked at
            }
            selected.Remove("name");
        }
        Assert.Equal(["email"], (await app.Script(script.Id).GetAsync()).Text.Fields);
        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "name"));
    }

    [Fact]
    public async Task What_is_out_of_scope_is_refused_as_a_whole()
    {
        var (_, user, script) = await GiveAsync();

        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "name", "city"));
        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "no such field"));
        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(
            user.Id, new Selection { Fields = ["name"], Collection = "drafts" }));
        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "Name")); // names are compared exactly

        var log = await LogAsync(user);
        Assert.DoesNotContain(log, entry => entry.Activity == Activity.DataRead);
        Assert.All(log[^4..], entry => Assert.Equal((Activity.ReadRefused, "scope"), (entry.Activity, entry.Reason)));
        Assert.Equal(["field/name", "record/drafts"], log[^2].Names);
    }

    [Fact]
    public async Task Every_reading_is_in_the_users_log_by_the_time_it_is_answered()
    {
        var (app, user, script) = await GiveAsync();
        var first = await app.User(user.Id).PutRecordAsync("letters", RecordContent.Text("Dear Charles"));
        var second = await app.User(user.Id).PutRecordAsync("letters", RecordContent.Text("Dear Mary"));
        var selections = new (Selection Selection, string[] Names)[]
        {
            (new() { Fields = ["name"] }, ["field/name"]),
            (new() { Fields = ["name", "email"] }, ["field/name", "field/email"]),
            (new() { Collection = "letters" }, [$"record/letters/{first}..{second} (2)"]),
            (new() { Fields = ["name"], Collection = "letters", Limit = 1 },
                ["field/name", $"record/letters/{first}..{first} (1)"]),
            (new() { Collection = "letters", Cursor = second.ToString() }, ["record/letters"]),
        };

        foreach (var (selection, names) in selections)
        {
            var before = (await LogAsync(user)).Count;
            await script.ReadAsync(user.Id, selection);

            var entry = Assert.Single((await LogAsync(user))[before..]);
            Assert.Equal(
                (Activity.DataRead, script.Id.ToString(), 1, "Send the monthly letter", 1),
                (entry.Activity, entry.Actor, entry.ScriptVersion!.Value, entry.Purpose, entry.Count));
            Assert.Equal(names, entry.Names);
            Assert.Equal(Clock.GetUtcNow(), entry.At);
        }
    }

    [Fact]
    public async Task Many_equal_refusals_are_one_entry_and_then_one_with_their_count()
    {
        var (_, user, script) = await GiveAsync();
        var before = (await LogAsync(user)).Count;

        for (var i = 0; i < 100; i++) await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "city"));
        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "phone"));
        await script.ReadAsync(user, "name");

        var log = (await LogAsync(user))[before..];
        Assert.Equal(
            [(Activity.ReadRefused, "field/city", 1), (Activity.ReadRefused, "field/city", 99),
                (Activity.ReadRefused, "field/phone", 1), (Activity.DataRead, "field/name", 1)],
            log.Select(entry => (entry.Activity, entry.Names.Single(), entry.Count)));
    }

    [Fact]
    public async Task Refusals_a_minute_apart_are_entries_of_their_own()
    {
        var (_, user, script) = await GiveAsync();
        var before = (await LogAsync(user)).Count;

        for (var i = 0; i < 3; i++)
        {
            await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "city"));
            Clock.Advance(TimeSpan.FromSeconds(61));
        }

        var log = (await LogAsync(user))[before..];
        Assert.Equal([1, 1, 1], log.Select(entry => entry.Count));
        Assert.Equal(TimeSpan.FromSeconds(61), log[2].At - log[1].At);
    }

    [Fact]
    public async Task Records_are_read_by_pages_with_the_fields_in_each()
    {
        var (app, user, script) = await GiveAsync();
        for (var i = 0; i < 25; i++)
            await app.User(user.Id).PutRecordAsync("letters", RecordContent.Text($"letter {i}"));
        await app.User(user.Id).PutRecordAsync("drafts", RecordContent.Text("not asked for"));

        var (records, sizes) = await AllAsync(async cursor =>
        {
            var selection = new Selection { Fields = ["name"], Collection = "letters", Cursor = cursor, Limit = 10 };
            var reading = await script.ReadAsync(user.Id, selection);
            Assert.Equal("Ada Lovelace", reading.Fields["name"]);
            return reading.Records!;
        });

        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"letter {i}"), records.Select(r => r.Content.AsText()));
        Assert.All(records, record => Assert.Equal("letters", record.Info.Collection));
        Assert.Equal([10, 10, 5], sizes);
    }

    [Fact]
    public async Task A_selection_that_cannot_be_answered_is_invalid()
    {
        var (_, user, script) = await GiveAsync();
        Selection[] refused =
        [
            new(),
            new() { Fields = ["name", "name"] },
            new() { Fields = [""] },
            new() { Fields = null! },
            new() { Fields = null!, Collection = "letters" },
            new() { Fields = [.. Enumerable.Range(0, Limits.ScopeItems + 1).Select(i => $"field {i}")] },
            new() { Collection = "a/b" },
            new() { Collection = "letters", Limit = 0 },
            new() { Collection = "letters", Limit = Limits.PageItems + 1 },
            new() { Collection = "letters", Cursor = "none" },
            null!,
        ];

        foreach (var selection in refused)
            await RefusedAsync(ErrorCode.Invalid, () => script.ReadAsync(user.Id, selection));
    }

    [Fact]
    public async Task A_session_from_before_a_decision_on_a_newer_version_is_told_to_sign_in_again()
    {
        var (app, user, script) = await GiveAsync();
        await app.Script(script.Id).AddVersionAsync(Newsletter with { Fields = ["name"] });
        await user.To(script).GetAsync(); // brings the decision to version 2

        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "name"));

        Assert.Equal("version", (await LogAsync(user))[^1].Reason);
        Assert.Single((await (await AgainAsync(script)).ReadAsync(user, "name")).Fields);
    }

    [Fact]
    public async Task One_users_decision_says_nothing_about_another_user_or_another_script()
    {
        var (app, user, script) = await GiveAsync();
        var other = await AddNamedUserAsync(app, "Grace");
        var second = await AddScriptAsync(app);

        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(other, "name"));
        await RefusedAsync(ErrorCode.Denied, () => second.ReadAsync(user, "name"));
        Assert.Single((await script.ReadAsync(user, "name")).Fields);
    }

    /// <summary>A user who has given the script all it asks for.</summary>
    private async Task<(ApplicationActor App, UserActor User, ScriptActor Script)> GiveAsync(ScriptText? text = null)
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var script = await AddScriptAsync(app, text);
        await user.To(script).GiveAsync();
        return (app, user, script);
    }
}
