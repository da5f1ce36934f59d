using System.Text.Json;

namespace SecureUserData.Conformance;

/// <summary>What was acknowledged is there after a restart, and unloading idle entities changes no answer.</summary>
public abstract class RestartConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Everything_answers_as_before_a_restart_and_before_idle_entities_were_unloaded(bool restart)
    {
        var world = await BuildAsync();
        var before = await DescribeAsync(world);

        for (var time = 0; time < 3; time++)
        {
            if (restart) await Fixture.RestartAsync();
            else await Fixture.UnloadIdleAsync();
            var after = await DescribeAsync(await AgainAsync(world));

            Assert.Equal(before.Keys, after.Keys);
            foreach (var (what, answer) in before)
                Assert.True(answer == after[what], $"{what}: {answer} → {after[what]}");
        }
        await Fixture.VerifyLogAsync();
    }

    [Fact]
    public async Task Sessions_outlive_the_unloading_of_entities()
    {
        var (app, user, given, refused) = await BuildAsync();

        await Fixture.UnloadIdleAsync();

        Assert.Equal("Ada Lovelace", (await given.ReadAsync(user, "name")).Fields["name"]);
        await RefusedAsync(ErrorCode.Denied, () => refused.ReadAsync(user, "name"));
        Assert.Single((await app.Session.FindUsersAsync("email", "ada@example.org")).Items);
    }

    [Fact]
    public async Task Writes_that_were_acknowledged_together_are_all_there_after_a_restart()
    {
        var app = await RegisterAsync();
        var users = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => AddNamedUserAsync(app, $"user {i}")));
        var records = await Task.WhenAll(
            users.Select((user, i) => app.User(user.Id).PutRecordAsync("letters", RecordContent.Text($"letter {i}"))));

        await Fixture.RestartAsync();

        app = await AgainAsync(app);
        Assert.Equal(
            users.Select(user => $"{user.Id}").Order(), (await app.Self.ListUsersAsync()).Items.Select(id => $"{id}"));
        for (var i = 0; i < users.Length; i++)
        {
            var user = await AgainAsync(users[i]);
            Assert.Equal($"user {i}", (await user.Self.GetAsync()).Fields["name"]);
            Assert.Equal($"letter {i}", (await user.Self.GetRecordAsync("letters", records[i])).Content.AsText());
            Assert.Equal(
                [Activity.UserCreated, Activity.CredentialClaimed, Activity.RecordPut, Activity.OwnDataRead,
                    Activity.OwnDataRead],
                (await LogAsync(user)).Select(entry => entry.Activity));
        }
    }

    [Fact]
    public async Task Unique_values_stay_taken_and_given_up_ones_stay_free_over_a_restart()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var other = await AddNamedUserAsync(app, "Grace");
        await other.Self.SetFieldAsync("email", "grace@example.org");
        await other.Self.SetFieldAsync("email", "hopper@example.org");

        await Fixture.RestartAsync();

        app = await AgainAsync(app);
        await RefusedAsync(ErrorCode.Conflict, () => app.Session.CreateUserAsync(Ada));
        await AddUserAsync(app, new Dictionary<string, string> { ["email"] = "grace@example.org" });
        await (await AgainAsync(user)).Self.SetFieldAsync("email", null);
        await AddUserAsync(app);
    }

    [Fact]
    public async Task A_claim_code_outlives_a_restart_and_works_once()
    {
        var app = await RegisterAsync();
        var created = await app.Session.CreateUserAsync(Ada);

        await Fixture.RestartAsync();
        await Engine.ClaimAsync(created.ClaimCode);
        await Fixture.RestartAsync();

        await RefusedAsync(ErrorCode.Conflict, () => Engine.ClaimAsync(created.ClaimCode));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Counted_refusals_are_on_record_when_the_user_leaves_memory(bool restart)
    {
        var (_, user, _, refused) = await BuildAsync();
        for (var i = 0; i < 10; i++) await RefusedAsync(ErrorCode.Denied, () => refused.ReadAsync(user, "email"));

        if (restart) await Fixture.RestartAsync();
        else await Fixture.UnloadIdleAsync();

        var log = await LogAsync(await AgainAsync(user));
        Assert.Equal(
            [1, 9],
            log.Where(entry => entry.Activity == Activity.ReadRefused && entry.Names[0] == "field/email")
                .Select(entry => entry.Count));
    }

    [Fact]
    public async Task Of_many_decisions_the_last_one_holds_however_often_everything_is_unloaded()
    {
        var app = await RegisterAsync();
        var (user, script) = (await AddUserAsync(app), await AddScriptAsync(app));
        for (var i = 0; i < 50; i++)
        {
            await user.To(script).GiveAsync();
            await user.To(script).WithdrawAsync();
        }
        for (var i = 0; i < 3; i++)
        {
            await Fixture.UnloadIdleAsync();
            await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "name"));
            await Fixture.UnloadIdleAsync(); // what the activation before has stored is all that this one has
            await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "name"));
            await user.To(script).GiveAsync();
            await Fixture.UnloadIdleAsync();
            Assert.Equal(["name"], (await script.ReadAsync(user, "name")).Fields.Keys);
            await user.To(script).WithdrawAsync();
        }
        await Fixture.VerifyLogAsync();
    }

    [Fact]
    public async Task An_expiry_is_put_on_record_after_a_restart_too()
    {
        var (_, user, given, _) = await BuildAsync();
        await user.To(given).GiveAsync(Clock.GetUtcNow().AddHours(1));

        await Fixture.RestartAsync();
        Clock.Advance(TimeSpan.FromHours(2));

        var again = await AgainAsync(user);
        await EventuallyAsync(async () => (await LogAsync(again))[^1].Decision?.Status == ConsentStatus.Expired);
    }

    private async Task<World> BuildAsync()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var (given, refused) = (await AddScriptAsync(app), await AddScriptAsync(app));
        await user.To(given).GiveAsync();
        await user.To(refused).RefuseAsync();
        await app.Script(given.Id).AddVersionAsync(Newsletter with { Fields = ["name"] });
        for (var i = 0; i < 5; i++)
            await app.User(user.Id).PutRecordAsync("letters", RecordContent.Text($"letter {i}"));
        await user.Self.DeleteRecordAsync("letters", (await user.Self.ListRecordsAsync("letters")).Items[2].Id);
        await AddNamedUserAsync(app, "Grace");
        given = await AgainAsync(given);
        await given.ReadAsync(user, "name");
        await RefusedAsync(ErrorCode.Denied, () => refused.ReadAsync(user, "name"));
        return new World(app, user, given, refused)
        {
            UserEntries = (await LogAsync(user)).Count,
            ApplicationEntries = (await LogAsync(app.Self.ReadLogAsync)).Count,
        };
    }

    private async Task<World> AgainAsync(World world) => world with
    {
        App = await AgainAsync(world.App),
        User = await AgainAsync(world.User),
        Given = await AgainAsync(world.Given),
        Refused = await AgainAsync(world.Refused),
    };

    /// <summary>Everything that can be asked, as text; logs in the length that they had at first, since asking goes on
    /// record.</summary>
    private async Task<Dictionary<string, string>> DescribeAsync(World world)
    {
        var (app, user, given) = (world.App, world.User, world.Given);
        var operators = await OperatorAsync();
        var answers = new Dictionary<string, string>
        {
            ["user's log"] = Text((await LogAsync(user))[..world.UserEntries]),
            ["application's log"] = Text((await LogAsync(app.Self.ReadLogAsync))[..world.ApplicationEntries]),
            ["installation's log"] = Text(await LogAsync(operators.Get(new InstallationId()).ReadLogAsync)),
            ["application"] = Text(await app.Self.GetAsync()),
            ["users"] = Text((await app.Self.ListUsersAsync()).Items.Select(id => $"{id}")),
            ["scripts"] = Text((await app.Self.ListScriptsAsync()).Items.Select(id => $"{id}")),
            ["found"] = Text((await app.Session.FindUsersAsync("city", "london")).Items.Select(id => $"{id}")),
            ["script"] = Text(await given.Self.GetAsync()),
            ["consents"] = Text((await user.Overview.ListConsentsAsync()).Items),
            ["profile"] = Text(await user.Self.GetAsync()),
            ["collections"] = Text(await user.Self.ListCollectionsAsync()),
        };
        var records = (await user.Self.ListRecordsAsync("letters")).Items;
        answers["records"] = Text(records.Select(info => $"{info}"));
        foreach (var info in records)
            answers[$"{info.Id}"] = (await user.Self.GetRecordAsync("letters", info.Id)).Content.AsText();
        answers["reading"] = Text(await given.ReadAsync(user.Id, new Selection { Fields = ["name"] }));
        answers["refused"] = (await RefusedAsync(ErrorCode.Denied, () => given.ReadAsync(user, "email"))).Message;
        return answers;
    }

    private static string Text(object answer) => JsonSerializer.Serialize(answer);

    private sealed record World(ApplicationActor App, UserActor User, ScriptActor Given, ScriptActor Refused)
    {
        public int UserEntries { get; init; }

        public int ApplicationEntries { get; init; }
    }
}
