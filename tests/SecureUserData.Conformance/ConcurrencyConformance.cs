namespace SecureUserData.Conformance;

/// <summary>Many callers at the same time.</summary>
public abstract class ConcurrencyConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    private const int Callers = 64;

    [Fact]
    public async Task No_change_to_one_user_is_lost()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        IUser[] references = [user.Self, app.User(user.Id), (await AgainAsync(user)).Self];

        await Task.WhenAll(Many(i => references[i % 3].SetFieldAsync($"field {i}", $"value {i}")));

        var fields = (await user.Self.GetAsync()).Fields;
        for (var i = 0; i < Callers; i++) Assert.Equal($"value {i}", fields[$"field {i}"]);
        var set = (await LogAsync(user)).Where(entry => entry.Activity == Activity.FieldsSet).ToList();
        Assert.Equal(Many(i => $"field/field {i}").Order(), set.Select(entry => entry.Names.Single()).Order());
    }

    [Fact]
    public async Task The_last_change_on_record_is_the_one_that_holds()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);

        await Task.WhenAll(Many(i => i % 2 == 0
            ? user.Self.SetFieldAsync("city", $"city {i}")
            : app.User(user.Id).SetFieldsAsync(
                new Dictionary<string, string?> { ["city"] = null, [$"field {i}"] = "last" })));

        var last = (await LogAsync(user)).Last(entry => entry.Activity == Activity.FieldsSet);
        Assert.Equal(last.Names.Count == 1, (await user.Self.GetAsync()).Fields.ContainsKey("city"));
    }

    [Fact]
    public async Task Every_record_put_at_the_same_time_is_kept()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);

        var ids = await Task.WhenAll(
            Many(i => app.User(user.Id).PutRecordAsync("letters", RecordContent.Text($"letter {i}"))));

        for (var i = 0; i < Callers; i++)
            Assert.Equal($"letter {i}", (await user.Self.GetRecordAsync("letters", ids[i])).Content.AsText());
        Assert.Equal(
            ids.Select(id => $"{id}").Order(),
            (await user.Self.ListRecordsAsync("letters")).Items.Select(r => $"{r.Id}"));
    }

    [Fact]
    public async Task Readings_and_changes_of_many_users_do_not_mix()
    {
        var app = await RegisterAsync();
        var script = await AddScriptAsync(app);

        await Task.WhenAll(Many(async i =>
        {
            var user = await AddNamedUserAsync(app, $"user {i}");
            await user.To(script).GiveAsync();
            await app.User(user.Id).PutRecordAsync("letters", RecordContent.Text($"letter {i}"));
            var reading = await script.ReadAsync(
                user.Id, new Selection { Fields = ["name"], Collection = "letters" });

            Assert.Equal($"user {i}", reading.Fields["name"]);
            Assert.Equal($"letter {i}", Assert.Single(reading.Records!.Items).Content.AsText());
            Assert.Equal(
                [Activity.UserCreated, Activity.CredentialClaimed, Activity.ConsentDecided, Activity.RecordPut,
                    Activity.DataRead],
                (await LogAsync(user)).Select(entry => entry.Activity));
        }));

        Assert.Equal(Callers, (await app.Self.ListUsersAsync()).Items.Count);
        var (accesses, _) = await AllAsync(cursor => app.Self.ListAccessesAsync(script.Id, cursor, 10));
        Assert.Equal(Callers, accesses.Count);
        await Fixture.VerifyLogAsync();
    }

    [Fact]
    public async Task Every_reading_of_one_user_by_many_callers_is_on_record()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var scripts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AddScriptAsync(app)));
        foreach (var script in scripts) await user.To(script).GiveAsync();

        var readings = await Task.WhenAll(Many(i => scripts[i % 8].ReadAsync(user, "name")));

        Assert.All(readings, reading => Assert.Equal("Ada Lovelace", reading.Fields["name"]));
        var read = (await LogAsync(user)).Where(entry => entry.Activity == Activity.DataRead).ToList();
        Assert.All(scripts, script => Assert.Equal(Callers / 8, read.Count(entry => entry.Actor == $"{script.Id}")));
    }

    [Fact]
    public async Task Nothing_is_read_after_a_withdrawal_was_answered()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var script = await AddScriptAsync(app);
        await user.To(script).GiveAsync();

        var readings = Many(i => ReadsAsync()).ToList();
        var withdrawal = user.To(script).WithdrawAsync();
        readings.AddRange(Many(i => ReadsAsync()));
        await withdrawal;
        readings.AddRange(Many(i => ReadsAsync()));

        var answered = (await Task.WhenAll(readings)).Count(read => read);
        Assert.False(await ReadsAsync());
        var log = await LogAsync(user);
        var withdrawn = log.Single(entry => entry.Decision?.Status == ConsentStatus.Withdrawn).Sequence;
        var read = log.Where(entry => entry.Activity == Activity.DataRead).ToList();
        Assert.Equal(answered, read.Count);
        Assert.All(read, entry => Assert.True(entry.Sequence < withdrawn));

        async Task<bool> ReadsAsync()
        {
            try
            {
                return (await script.ReadAsync(user, "name")).Fields.Count == 1;
            }
            catch (SecureUserDataException e) when (e.Code == ErrorCode.Denied)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task Decisions_at_the_same_time_are_all_in_the_history_one_after_the_other()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var script = await AddScriptAsync(app);
        var notice = (await user.To(script).GetAsync()).Script.Notice;

        await Task.WhenAll(Many(i => user.To(script).GiveAsync(
            new ConsentGrant(notice) { Fields = [i % 2 == 0 ? "name" : "email"] })));

        var history = (await user.To(script).GetAsync()).History;
        Assert.Equal(Callers, history.Count);
        Assert.Equal(
            (await LogAsync(user)).Where(entry => entry.Activity == Activity.ConsentDecided).Select(e => e.Sequence),
            history.Select(decision => decision.Sequence));
    }

    [Fact]
    public async Task Scripts_and_versions_registered_at_the_same_time_are_all_there()
    {
        var app = await RegisterAsync();

        var scripts = await Task.WhenAll(Many(_ => app.Session.RegisterScriptAsync(Newsletter)));
        var versions = await Task.WhenAll(
            Many(i => app.Script(scripts[0].Id).AddVersionAsync(Newsletter with { Purpose = $"Purpose {i}" })));

        Assert.Equal(
            scripts.Select(script => $"{script.Id}").Order(),
            (await app.Self.ListScriptsAsync()).Items.Select(id => $"{id}").Order());
        Assert.Equal(Enumerable.Range(2, Callers), versions.Order());
        Assert.Equal(Callers + 1, (await app.Script(scripts[0].Id).GetAsync()).Version);
        Assert.Equal(2 * Callers, (await LogAsync(app.Self.ReadLogAsync)).Count);
    }

    [Fact]
    public async Task Applications_registered_at_the_same_time_are_all_there()
    {
        var session = await OperatorAsync();

        var apps = await Task.WhenAll(Many(i => session.RegisterApplicationAsync(new ApplicationSettings($"App {i}"))));

        var (listed, _) = await AllAsync(cursor => session.Get(new InstallationId()).ListApplicationsAsync(cursor));
        Assert.Equal(Callers, listed.Intersect(apps.Select(app => app.Id)).Count());
        for (var i = 0; i < Callers; i++)
        {
            var view = await (await Engine.SignInAsync(apps[i].Credential)).Get(apps[i].Id).GetAsync();
            Assert.Equal($"App {i}", view.Settings.Name);
        }
        await LogAsync(session.Get(new InstallationId()).ReadLogAsync);
    }

    [Fact]
    public async Task Callers_go_on_while_the_entities_under_them_are_unloaded()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var script = await AddScriptAsync(app);
        await user.To(script).GiveAsync();

        var calls = new List<Task>();
        for (var round = 0; round < 20; round++)
        {
            var written = round;
            calls.AddRange(Many(i => i % 2 == 0
                ? script.ReadAsync(user, "name")
                : user.Self.SetFieldAsync($"field {i}", $"{written}")));
            Clock.Advance(TimeSpan.FromMinutes(6));
            await calls[^1];
        }
        await Task.WhenAll(calls);

        var log = await LogAsync(user);
        Assert.Equal(20 * Callers / 2, log.Count(entry => entry.Activity == Activity.DataRead));
        Assert.Equal(20 * Callers / 2, log.Count(entry => entry.Activity == Activity.FieldsSet));
    }

    private static IEnumerable<T> Many<T>(Func<int, T> call) => Enumerable.Range(0, Callers).Select(call).ToList();
}
