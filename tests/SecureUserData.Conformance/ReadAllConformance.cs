namespace SecureUserData.Conformance;

/// <summary>A script that reads all users who allow it.</summary>
public abstract class ReadAllConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    private static readonly string[] Name = ["name"];

    [Fact]
    public async Task Only_users_whose_decision_is_given_are_read()
    {
        var (app, users, script) = await GivenAsync(6);
        await users[1].To(script).WithdrawAsync();
        await users[2].To(script).WithdrawAsync();
        await users[2].To(script).RefuseAsync();
        await users[3].Self.PauseAsync();
        await users[4].To(script).GiveAsync(Clock.GetUtcNow().AddSeconds(1));
        var undecided = await AddNamedUserAsync(app, "Grace");
        Clock.Advance(TimeSpan.FromSeconds(1));
        var logs = await LogLengthsAsync([.. users, undecided]);

        Assert.Equal([users[0].Id, users[5].Id], Ids(await AllAsync(script)));

        Assert.Equal( // a refusal would stand in the log, and nothing was asked of the others
            [logs[0] + 1, .. logs[1..5], logs[5] + 1, logs[6]], await LogLengthsAsync([.. users, undecided]));
        await users[3].Self.ResumeAsync();
        Assert.Equal([users[0].Id, users[3].Id, users[5].Id], Ids(await AllAsync(script)));
    }

    [Fact]
    public async Task Every_reading_is_in_its_users_log_with_purpose_version_and_names()
    {
        var (_, users, script) = await GivenAsync(3);

        var readings = await AllAsync(script, ["name", "email"]);

        Assert.Equal(users.Select(user => user.Id), Ids(readings));
        Assert.Equal(["User 0", "User 1", "User 2"], readings.Select(reading => reading.Fields["name"]));
        Assert.All(readings, reading => Assert.Equal(Name, reading.Fields.Keys)); // nobody has an e-mail address
        foreach (var user in users)
        {
            var entry = (await LogAsync(user))[^1];
            Assert.Equal(
                (Activity.DataRead, script.Id.ToString(), 1, "Send the monthly letter", 1),
                (entry.Activity, entry.Actor, entry.ScriptVersion!.Value, entry.Purpose, entry.Count));
            Assert.Equal(["field/name", "field/email"], entry.Names);
            Assert.Equal(Clock.GetUtcNow(), entry.At);
        }
    }

    [Fact]
    public async Task Pages_of_any_size_read_everybody_once_in_the_order_of_their_ids()
    {
        var (_, users, script) = await GivenAsync(150); // more than are under way at a time
        foreach (var user in users.Where((_, i) => i % 3 == 1)) await user.To(script).WithdrawAsync();
        var expected = users.Where((_, i) => i % 3 != 1).Select(user => user.Id).ToList();

        foreach (var limit in (int[])[1, 2, 7, 128, 149, 150, 151, Limits.PageItems])
        {
            var (readings, sizes) = await AllAsync<UserReading>(cursor => All(script).ReadAsync(Name, cursor, limit));
            Assert.Equal(expected, Ids(readings));
            Assert.All(sizes, size => Assert.True(size <= limit, $"{size} > {limit}"));
        }
        foreach (var index in (int[])[0, 31, 99]) // from the id of whoever was read last, without a page
            Assert.Equal(
                expected[(index + 1)..],
                Ids(await All(script.Session.ReadAllAsync(Name, expected[index].ToString(), limit: 17))));
    }

    [Fact]
    public async Task Whoever_withdraws_between_two_pages_is_not_read_any_more()
    {
        var (_, users, script) = await GivenAsync(6);

        var first = await All(script).ReadAsync(Name, limit: 3);
        await users[3].To(script).WithdrawAsync();
        await users[4].Self.PauseAsync();
        await users[2].To(script).WithdrawAsync(); // has been read already
        var second = await All(script).ReadAsync(Name, first.Next, limit: 3);

        Assert.Equal([users[0].Id, users[1].Id, users[2].Id], Ids(first.Items));
        Assert.Equal([users[5].Id], Ids(second.Items));
        Assert.DoesNotContain(await LogAsync(users[3]), entry => entry.Activity == Activity.DataRead);
    }

    [Fact]
    public async Task Whoever_withdraws_while_a_page_is_read_is_read_before_that_or_not_at_all()
    {
        var (_, users, script) = await GivenAsync(120);
        var stream = All(script.Session.ReadAllAsync(Name, limit: 50));
        await Task.WhenAll(users.AsEnumerable().Reverse().Select(user => user.To(script).WithdrawAsync()));
        var read = Ids(await stream).ToHashSet();

        Assert.Equal(read.Count, (await Task.WhenAll(users.Select(LogAsync))).Count(log =>
        {
            var decided = log.FindLastIndex(entry => entry.Activity == Activity.ConsentDecided);
            var reading = log.FindIndex(entry => entry.Activity == Activity.DataRead);
            Assert.True(reading < decided, $"read at {reading}, withdrawn at {decided}");
            Assert.Equal(reading >= 0, read.Contains(UserId.Parse(log[0].Chain)));
            return reading >= 0;
        }));
        Assert.Empty(await AllAsync(script));
    }

    [Fact]
    public async Task Fields_that_are_asked_for_masked_are_read_masked()
    {
        var masks = new Dictionary<string, FieldMask> { ["email"] = FieldMask.EmailDomain };
        var app = await RegisterAsync();
        var script = await AddScriptAsync(app, Newsletter with { Masks = masks });
        var user = await AddUserAsync(app);
        await user.To(script).GiveAsync();

        var reading = Assert.Single(await AllAsync(script, ["name", "email"]));

        Assert.Equal((await script.ReadAsync(user, "name", "email")).Fields, reading.Fields);
        Assert.Equal("Ada Lovelace", reading.Fields["name"]);
        Assert.DoesNotContain("ada", reading.Fields["email"]);
    }

    [Fact]
    public async Task Who_allows_less_than_is_asked_for_is_left_out_as_a_whole()
    {
        var (_, users, script) = await GivenAsync(2);
        var notice = (await users[0].To(script).GetAsync()).Script.Notice;
        await users[0].To(script).GiveAsync(new ConsentGrant(notice) { Fields = ["email"] });

        Assert.Equal([users[1].Id], Ids(await AllAsync(script)));
        Assert.Equal([users[0].Id, users[1].Id], Ids(await AllAsync(script, ["email"])));
        Assert.Equal([users[1].Id], Ids(await AllAsync(script, ["email", "name"])));
    }

    [Fact]
    public async Task Fields_outside_the_scripts_own_scope_are_refused_before_anybody_is_touched()
    {
        var (_, users, script) = await GivenAsync(2);
        var logs = await LogLengthsAsync(users);

        await RefusedAsync(ErrorCode.Denied, () => All(script).ReadAsync(["name", "city"]));
        await RefusedAsync(ErrorCode.Denied, () => All(script).ReadAsync(["Name"]));
        await RefusedAsync(ErrorCode.Invalid, () => All(script).ReadAsync([]));
        await RefusedAsync(ErrorCode.Invalid, () => All(script).ReadAsync(null!));
        await RefusedAsync(ErrorCode.Invalid, () => All(script).ReadAsync(["name", "name"]));
        await RefusedAsync(ErrorCode.Invalid, () => All(script).ReadAsync(Name, "no cursor"));
        foreach (var limit in (int[])[-1, 0, Limits.PageItems + 1])
            await RefusedAsync(ErrorCode.Invalid, () => All(script).ReadAsync(Name, limit: limit));

        Assert.Equal(logs, await LogLengthsAsync(users));
    }

    [Fact]
    public async Task A_session_of_an_older_version_signs_in_again_and_a_narrower_one_goes_on_reading()
    {
        var (app, users, script) = await GivenAsync(3);
        await app.Script(script.Id).AddVersionAsync(Newsletter with { Fields = ["name"] });

        var refusal = await RefusedAsync(ErrorCode.Denied, () => All(script).ReadAsync(Name));
        Assert.Contains("sign in again", refusal.Message);
        script = await AgainAsync(script);
        await RefusedAsync(ErrorCode.Denied, () => All(script).ReadAsync(["email"]));
        Assert.Equal(users.Select(user => user.Id), Ids(await AllAsync(script)));
        Assert.All(users, user => Assert.Equal(2, LogAsync(user).Result[^1].ScriptVersion));

        await app.Script(script.Id).AddVersionAsync(Newsletter with { Fields = ["name"], Purpose = "Something else" });
        Assert.Empty(await AllAsync(await AgainAsync(script)));
    }

    [Fact]
    public async Task A_page_ends_before_it_holds_more_bytes_than_a_page_may()
    {
        var fields = Enumerable.Range(0, 14).Select(i => $"field {i}").ToArray();
        var large = fields.ToDictionary(name => name, _ => new string('x', Limits.FieldValueBytes));
        var app = await RegisterAsync();
        var script = await AddScriptAsync(app, Newsletter with { Fields = fields });
        var users = new List<UserId>();
        for (var i = 0; i < 20; i++)
        {
            var user = await AddUserAsync(app, large);
            await user.To(script).GiveAsync();
            users.Add(user.Id);
        }

        var (readings, sizes) = await AllAsync<UserReading>(cursor => All(script).ReadAsync(fields, cursor));

        Assert.Equal(users, Ids(readings));
        Assert.Equal([9, 9, 2], sizes); // of 896 KiB each
    }

    [Fact]
    public async Task Whoever_is_erased_or_being_erased_is_left_out()
    {
        var (app, users, script) = await GivenAsync(8);
        await app.Session.EraseAsync(users[1].Id);
        await users[2].Session.Get(new ErasureId(users[2].Id)).RequestAsync(); // one part of it
        var begun = users[3].Session.Get(new ErasureId(users[3].Id)).RequestAsync();
        var during = Ids(await AllAsync(script));
        await begun;

        Assert.Equal([users[0].Id, .. users[4..].Select(user => user.Id)], during.Except([users[3].Id]));
        Assert.Equal([users[0].Id, .. users[4..].Select(user => user.Id)], Ids(await AllAsync(script)));
        await Fixture.UnloadIdleAsync();
        Assert.Equal([users[0].Id, .. users[4..].Select(user => user.Id)], Ids(await AllAsync(script)));
    }

    [Fact]
    public async Task Erasures_under_way_do_not_stop_it()
    {
        var (app, users, script) = await GivenAsync(60);
        var erasures = Task.WhenAll(users[..^1].Select(user => app.Session.EraseAsync(user.Id)));
        while (!erasures.IsCompleted) Assert.Contains(users[^1].Id, Ids(await AllAsync(script)));
        await erasures;
        Assert.Equal([users[^1].Id], Ids(await AllAsync(script)));
    }

    [Fact]
    public async Task Nobody_in_memory_is_read_like_everybody_else()
    {
        var (_, users, script) = await GivenAsync(40);
        await Fixture.UnloadIdleAsync();

        Assert.Equal(users.Select(user => user.Id), Ids(await AllAsync(script)));

        Assert.Equal(users.Select(user => user.Id), Ids(await AllAsync(script)));
        Assert.All(users, user => Assert.Equal(2, LogAsync(user).Result.Count(e => e.Activity == Activity.DataRead)));
    }

    [Fact]
    public async Task Scripts_of_other_applications_and_other_scripts_see_none_of_it()
    {
        var (app, users, script) = await GivenAsync(2);
        var other = await AddScriptAsync(app);
        var foreign = await AddScriptAsync(await RegisterAsync());

        Assert.Empty(await AllAsync(other));
        Assert.Empty(await AllAsync(foreign));
        await RefusedAsync(ErrorCode.NotFound, () => other.Session.Get(new ReadAllId(script.Id)).ReadAsync(Name));
        await RefusedAsync(ErrorCode.Denied, () => All(app.Session.ReadAllAsync(Name)));
        await RefusedAsync(ErrorCode.Denied, () => users[0].Session.Get(new ReadAllId(script.Id)).ReadAsync(Name));
    }

    private static IReadAll All(ScriptActor script) => script.Session.Get(new ReadAllId(script.Id));

    private static Task<List<UserReading>> AllAsync(ScriptActor script, string[]? fields = null) =>
        All(script.Session.ReadAllAsync(fields ?? Name));

    private static async Task<List<UserReading>> All(IAsyncEnumerable<UserReading> readings)
    {
        var list = new List<UserReading>();
        await foreach (var reading in readings) list.Add(reading);
        return list;
    }

    private static List<UserId> Ids(IEnumerable<UserReading> readings) => [.. readings.Select(reading => reading.User)];

    private static async Task<List<int>> LogLengthsAsync(IEnumerable<UserActor> users)
    {
        var lengths = new List<int>();
        foreach (var user in users) lengths.Add((await LogAsync(user)).Count);
        return lengths;
    }

    /// <summary>So many users who have given their consent to a script, in the order of their ids.</summary>
    private async Task<(ApplicationActor App, List<UserActor> Users, ScriptActor Script)> GivenAsync(int count)
    {
        var app = await RegisterAsync();
        var script = await AddScriptAsync(app);
        var users = await Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
        {
            var user = await AddNamedUserAsync(app, $"User {i}");
            await user.To(script).GiveAsync();
            return user;
        }));
        return (app, [.. users.OrderBy(user => user.Id.ToString(), StringComparer.Ordinal)], script);
    }
}
