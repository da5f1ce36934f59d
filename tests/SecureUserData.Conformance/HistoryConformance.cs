namespace SecureUserData.Conformance;

/// <summary>The earlier values of fields.</summary>
public abstract class HistoryConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    [Fact]
    public async Task A_replaced_value_is_kept_with_the_times_of_its_beginning_and_its_end()
    {
        var user = await AddUserAsync(await RegisterAsync());
        var created = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromHours(1));
        await user.Self.SetFieldAsync("city", "Bath");
        Clock.Advance(TimeSpan.FromHours(1));
        await user.Self.SetFieldsAsync(new Dictionary<string, string?> { ["city"] = "Wells", ["name"] = "Countess" });

        FieldVersion[] expected =
        [
            new("city", "Bath", created.AddHours(1), created.AddHours(2)),
            new("city", "London", created, created.AddHours(1)),
            new("name", "Ada Lovelace", created, created.AddHours(2)),
        ];
        Assert.Equal(expected, await user.Self.GetHistoryAsync());
        Assert.Equal(expected[..2], await user.Self.GetHistoryAsync("city"));
        Assert.Empty(await user.Self.GetHistoryAsync("email"));
        Assert.Empty(await user.Self.GetHistoryAsync("phone"));
        Assert.Equal("Wells", (await user.Self.GetAsync()).Fields["city"]);
        await Fixture.UnloadIdleAsync();
        Assert.Equal(expected, await user.Self.GetHistoryAsync());
    }

    [Fact]
    public async Task Reading_the_history_is_on_record()
    {
        var user = await AddUserAsync(await RegisterAsync());
        await user.Self.GetHistoryAsync("email");
        await user.Self.GetHistoryAsync();

        var log = await LogAsync(user);

        Assert.Equal([Activity.OwnDataRead, Activity.OwnDataRead], log[^2..].Select(entry => entry.Activity));
        Assert.Equal(["field/email/history", "field/*/history"], log[^2..].SelectMany(entry => entry.Names));
        await RefusedAsync(ErrorCode.Invalid, () => user.Self.GetHistoryAsync("no/name"));
    }

    [Fact]
    public async Task Setting_the_same_value_again_makes_no_version()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var created = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromHours(1));
        await user.Self.SetFieldAsync("name", Ada["name"]);
        await app.User(user.Id).SetFieldAsync("name", Ada["name"]);
        Assert.Empty(await user.Self.GetHistoryAsync());

        await user.Self.SetFieldAsync("name", "Countess");
        Clock.Advance(TimeSpan.FromHours(1));
        await user.Self.SetFieldAsync("name", "Countess");

        // It was set last when it was confirmed, and it ended when another one came, not when that was confirmed.
        Assert.Equal(
            [new FieldVersion("name", Ada["name"], created.AddHours(1), created.AddHours(1))],
            await user.Self.GetHistoryAsync());
    }

    [Fact]
    public async Task A_field_that_is_removed_takes_its_history_along()
    {
        var user = await AddUserAsync(await RegisterAsync());
        await user.Self.SetFieldAsync("city", "Bath");
        await user.Self.SetFieldAsync("name", "Countess");

        await user.Self.SetFieldAsync("city", null);
        await user.Self.SetFieldAsync("city", "Wells");

        Assert.Equal(["name"], (await user.Self.GetHistoryAsync()).Select(version => version.Field));
    }

    [Theory]
    [InlineData(null, 10)]
    [InlineData(3, 3)]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    public async Task As_many_values_are_kept_as_the_application_says(int? versions, int kept)
    {
        var app = await RegisterAsync(new ApplicationSettings("City Library") { FieldVersions = versions });
        var user = await AddNamedUserAsync(app, "0");
        await Fixture.RestartAsync();
        user = await AgainAsync(user);
        for (var i = 1; i <= 15; i++) await user.Self.SetFieldAsync("name", $"{i}");

        Assert.Equal(
            Enumerable.Range(1, kept).Select(i => $"{15 - i}"),
            (await user.Self.GetHistoryAsync()).Select(version => version.Value));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(101)]
    public Task An_application_cannot_have_less_than_none_or_more_than_a_hundred_values_kept(int versions) =>
        RefusedAsync(ErrorCode.Invalid, () => RegisterAsync(Settings with { FieldVersions = versions }));

    [Fact]
    public async Task Of_a_history_that_grows_too_long_the_oldest_values_of_all_fields_leave_first()
    {
        var app = await RegisterAsync(new ApplicationSettings("City Library") { FieldVersions = 100 });
        var user = await AddUserAsync(app, new Dictionary<string, string> { ["small"] = "first", ["large"] = "first" });
        Clock.Advance(TimeSpan.FromMinutes(1));
        await user.Self.SetFieldAsync("small", "second"); // replaces the oldest of all
        for (var i = 0; i < 20; i++)
        {
            Clock.Advance(TimeSpan.FromMinutes(1));
            await user.Self.SetFieldAsync("large", new string((char)('a' + i), 64 * 1024));
        }

        var history = await user.Self.GetHistoryAsync();

        // Fifteen times 64 KiB and their envelopes are less than 1 MiB, sixteen are more.
        Assert.Equal("srqponmlkjihgfe", string.Concat(history.Select(version => version.Value[0])));
        Assert.All(history, version => Assert.Equal("large", version.Field));
    }

    [Fact]
    public async Task A_unique_value_of_before_is_free_for_others()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        await user.Self.SetFieldAsync("email", "countess@example.org");

        await AddUserAsync(app);

        Assert.Equal(Ada["email"], Assert.Single(await user.Self.GetHistoryAsync()).Value);
    }

    [Fact]
    public async Task A_script_reads_the_value_in_force_and_never_an_earlier_one()
    {
        var app = await RegisterAsync();
        var (user, script) = (await AddUserAsync(app), await AddScriptAsync(app));
        await user.To(script).GiveAsync();
        await user.Self.SetFieldAsync("name", "Countess");

        Assert.Equal("Countess", (await script.ReadAsync(user, "name")).Fields["name"]);
        await RefusedAsync(ErrorCode.Invalid, () => script.ReadAsync(user, "name/history"));
    }
}
