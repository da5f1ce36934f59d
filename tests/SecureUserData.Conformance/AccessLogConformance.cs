using System.Text.Json;

namespace SecureUserData.Conformance;

/// <summary>The access log, as users, applications and operators read it.</summary>
public abstract class AccessLogConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    [Fact]
    public async Task A_chain_is_read_by_pages_without_gaps()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        for (var i = 0; i < 20; i++) await user.Self.SetFieldAsync("city", $"city {i}");
        var all = (await user.Self.ReadLogAsync(0, 1_000)).Select(entry => entry.Sequence).ToList();

        Assert.Equal(Enumerable.Range(1, 22).Select(i => (long)i), all);
        for (var after = 0; after <= all.Count; after += 5)
        {
            var page = await user.Self.ReadLogAsync(after, 7);
            Assert.Equal(all.Skip(after).Take(7), page.Select(entry => entry.Sequence));
        }
        Assert.Empty(await user.Self.ReadLogAsync(1_000_000));
        await RefusedAsync(ErrorCode.Invalid, () => user.Self.ReadLogAsync(-1));
        await RefusedAsync(ErrorCode.Invalid, () => user.Self.ReadLogAsync(0, 0));
        await RefusedAsync(ErrorCode.Invalid, () => user.Self.ReadLogAsync(0, Limits.PageItems + 1));
    }

    [Fact]
    public async Task Entries_carry_their_chain_their_time_and_who_did_it()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        Clock.Advance(TimeSpan.FromMinutes(1));
        await user.Self.GetAsync();

        var log = await LogAsync(user);

        Assert.Equal(
            [(Activity.UserCreated, app.Id.ToString()), (Activity.CredentialClaimed, "anonymous"),
                (Activity.OwnDataRead, user.Id.ToString())],
            log.Select(entry => (entry.Activity, entry.Actor)));
        Assert.All(log, entry => Assert.Equal(user.Id.ToString(), entry.Chain));
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromMinutes(1)], log.Zip(log.Skip(1), (a, b) => b.At - a.At));
        Assert.Equal(["field/city", "field/email", "field/name"], log[0].Names.Order());
    }

    [Fact]
    public async Task Verification_counts_every_entry_that_was_written()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var before = await Fixture.VerifyLogAsync();

        await user.Self.GetAsync();
        await app.Session.FindUsersAsync("city", "London");
        await AddNamedUserAsync(app, "Grace"); // created and claimed

        var after = await Fixture.VerifyLogAsync();
        Assert.Equal((4, 1), (after.Entries - before.Entries, after.Chains - before.Chains - 1));
    }

    [Fact]
    public async Task No_entry_of_any_chain_holds_a_value()
    {
        const string secret = "unmistakable";
        var app = await RegisterAsync();
        var user = await AddUserAsync(
            app, new Dictionary<string, string> { ["email"] = $"{secret} 1", ["name"] = $"{secret} 2" });
        var script = await AddScriptAsync(app);
        var operators = await OperatorAsync();
        await user.To(script).GiveAsync();
        var id = await app.User(user.Id).PutRecordAsync("letters", RecordContent.Text($"{secret} 3"));
        await app.User(user.Id).PutRecordAsync("letters", RecordContent.Text($"{secret} 4"), id);
        await script.ReadAsync(user.Id, new Selection { Fields = ["name", "email"], Collection = "letters" });
        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "city"));
        await user.Self.SetFieldAsync("city", $"{secret} 5");
        await user.Self.SetFieldAsync("city", null);
        await user.Self.GetAsync();
        await user.Self.GetRecordAsync("letters", id);
        await user.Self.DeleteRecordAsync("letters", id);
        await app.Session.FindUsersAsync("email", $"{secret} 1");
        await RefusedAsync(ErrorCode.Conflict, () => app.Session.CreateUserAsync(
            new Dictionary<string, string> { ["email"] = $"{secret} 1" }));

        var chains = JsonSerializer.Serialize<object[]>(
        [
            await LogAsync(user), await LogAsync(app.Self.ReadLogAsync),
            await LogAsync(operators.Get(new InstallationId()).ReadLogAsync),
            (await AllAsync(cursor => app.Self.ListAccessesAsync(cursor: cursor))).Items,
            (await AllAsync(cursor => app.Self.ListLookUpsAsync(cursor))).Items,
        ]);

        Assert.Contains("field/email", chains, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, chains, StringComparison.OrdinalIgnoreCase);
        foreach (var credential in (Credential[])[app.Credential, user.Credential, script.Credential])
            Assert.DoesNotContain(credential.Reveal(), chains, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_application_sees_who_read_what_of_its_users_and_can_ask_for_one_script()
    {
        var app = await RegisterAsync();
        var (ada, grace) = (await AddNamedUserAsync(app, "Ada"), await AddNamedUserAsync(app, "Grace"));
        var (first, second) = (await AddScriptAsync(app), await AddScriptAsync(app));
        await ada.To(first).GiveAsync();
        await grace.To(first).GiveAsync();
        await ada.To(second).GiveAsync();

        await first.ReadAsync(ada, "name");
        await second.ReadAsync(ada, "name");
        await first.ReadAsync(grace, "name");
        await RefusedAsync(ErrorCode.Denied, () => second.ReadAsync(grace, "name"));
        await grace.Self.GetAsync(); // the user's own reading is the user's own affair

        (string, string, Activity)[] all =
        [
            (first.Id.ToString(), ada.Id.ToString(), Activity.DataRead),
            (second.Id.ToString(), ada.Id.ToString(), Activity.DataRead),
            (first.Id.ToString(), grace.Id.ToString(), Activity.DataRead),
            (second.Id.ToString(), grace.Id.ToString(), Activity.ReadRefused),
        ];
        AssertSame(all, await AccessesAsync(app, null, 100));
        AssertSame(all, await AccessesAsync(app, null, 1));
        AssertSame([all[1], all[3]], await AccessesAsync(app, second.Id, 100));
        Assert.Empty(await AccessesAsync(app, ScriptId.New(), 100));
        await RefusedAsync(ErrorCode.Invalid, () => app.Self.ListAccessesAsync(cursor: "none"));
    }

    [Fact]
    public async Task Chains_verify_while_they_are_written()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var writes = Enumerable.Range(0, 200).Select(i => user.Self.SetFieldAsync("city", $"city {i}")).ToList();

        for (var i = 0; i < 3; i++) await Fixture.VerifyLogAsync();

        await Task.WhenAll(writes);
        await Fixture.VerifyLogAsync();
    }

    /// <summary>The same entries, each user's in their order; two users may be written by two processes.</summary>
    private static void AssertSame(
        IEnumerable<(string Actor, string Chain, Activity Activity)> expected,
        IEnumerable<(string Actor, string Chain, Activity Activity)> found) =>
        Assert.Equal(expected.OrderBy(entry => entry.Chain), found.OrderBy(entry => entry.Chain));

    private static async Task<List<(string Actor, string Chain, Activity Activity)>> AccessesAsync(
        ApplicationActor app, ScriptId? script, int limit)
    {
        var (entries, _) = await AllAsync(cursor => app.Self.ListAccessesAsync(script, cursor, limit));
        return [.. entries.Select(entry => (entry.Actor, entry.Chain, entry.Activity))];
    }
}
