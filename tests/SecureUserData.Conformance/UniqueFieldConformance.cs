namespace SecureUserData.Conformance;

/// <summary>Values that no two users of an application share.</summary>
public abstract class UniqueFieldConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    private static readonly ApplicationSettings TwoUnique = new("Archive") { UniqueFields = ["email", "passport"] };

    [Fact]
    public async Task A_taken_value_is_a_conflict_and_the_message_does_not_hold_it()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var other = await AddNamedUserAsync(app, "Grace");

        var created = await RefusedAsync(ErrorCode.Conflict, () => app.Session.CreateUserAsync(Ada));
        var set = await RefusedAsync(ErrorCode.Conflict, () => other.Self.SetFieldAsync("email", "ada@example.org"));

        Assert.DoesNotContain("ada", created.Message + set.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal([user.Id, other.Id], (await app.Self.ListUsersAsync()).Items);
        Assert.Equal(["name"], (await other.Self.GetAsync()).Fields.Keys);
    }

    [Fact]
    public async Task Of_many_creations_at_once_with_one_value_exactly_one_wins()
    {
        var app = await RegisterAsync();

        for (var round = 0; round < 5; round++)
        {
            var fields = new Dictionary<string, string> { ["email"] = $"round{round}@example.org" };
            var creations = Enumerable.Range(0, 64).Select(_ => app.Session.CreateUserAsync(fields)).ToList();

            var winner = Assert.Single(await SucceededAsync(creations));
            Assert.Equal([winner.Id], (await app.Session.FindUsersAsync("email", fields["email"])).Items);
        }
        Assert.Equal(5, (await app.Self.ListUsersAsync()).Items.Count);
    }

    [Fact]
    public async Task Of_many_changes_at_once_to_one_value_exactly_one_wins()
    {
        var app = await RegisterAsync();
        var users = new List<UserActor>();
        for (var i = 0; i < 32; i++) users.Add(await AddNamedUserAsync(app, $"user {i}"));

        var changes = users.Select(async user =>
        {
            await user.Self.SetFieldAsync("email", "wanted@example.org");
            return user.Id;
        }).ToList();

        var winner = Assert.Single(await SucceededAsync(changes));
        Assert.Equal([winner], (await app.Session.FindUsersAsync("email", "wanted@example.org")).Items);
    }

    [Theory]
    [InlineData("e\u0301", "\u00e9")] // composed and decomposed
    [InlineData("ａｄａ", "ada")] // fullwidth
    [InlineData("\u212A", "k")] // the Kelvin sign
    [InlineData("σοφός", "ΣΟΦΌΣ")] // final sigma
    [InlineData("ſtone", "Stone")] // long s
    [InlineData("Ada@Example.ORG", "ada@example.org")]
    [InlineData("ﬁle", "file")] // a ligature
    [InlineData("Å", "\u212B")] // the Ångström sign
    [InlineData(" ada ", "ada")]
    public async Task Values_that_differ_in_case_or_Unicode_form_alone_are_one_value(string first, string second)
    {
        var app = await RegisterAsync();
        await app.Session.CreateUserAsync(new Dictionary<string, string> { ["email"] = first });

        await RefusedAsync(
            ErrorCode.Conflict,
            () => app.Session.CreateUserAsync(new Dictionary<string, string> { ["email"] = second }));
    }

    [Theory]
    [InlineData("resume", "résumé")]
    [InlineData("ada", "ad a")]
    [InlineData("Straße", "Strasse")]
    [InlineData("a", "а")] // the second is Cyrillic
    public async Task Values_that_people_tell_apart_stay_different(string first, string second)
    {
        var app = await RegisterAsync();

        await app.Session.CreateUserAsync(new Dictionary<string, string> { ["email"] = first });
        await app.Session.CreateUserAsync(new Dictionary<string, string> { ["email"] = second });

        Assert.Single((await app.Session.FindUsersAsync("email", first)).Items);
    }

    [Fact]
    public async Task A_value_that_was_changed_or_removed_can_be_taken_again()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);

        await user.Self.SetFieldAsync("email", "countess@example.org");
        var second = await AddUserAsync(app);
        await second.Self.SetFieldAsync("email", null);
        var third = await AddUserAsync(app);

        Assert.Equal([third.Id], (await app.Session.FindUsersAsync("email", "ada@example.org")).Items);
        await RefusedAsync(ErrorCode.Conflict, () => second.Self.SetFieldAsync("email", "ada@example.org"));
    }

    [Fact]
    public async Task A_user_may_write_the_own_value_in_another_form()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);

        await user.Self.SetFieldAsync("email", "ADA@example.org");

        Assert.Equal("ADA@example.org", (await user.Self.GetAsync()).Fields["email"]);
        await RefusedAsync(ErrorCode.Conflict, () => app.Session.CreateUserAsync(Ada)); // and still holds it
    }

    [Fact]
    public async Task A_refused_change_gives_back_the_values_that_it_had_claimed()
    {
        var app = await RegisterAsync(TwoUnique);
        var user = await AddUserAsync(app, new Dictionary<string, string> { ["passport"] = "P1" });
        var other = await AddNamedUserAsync(app, "Grace");
        var both = new Dictionary<string, string?> { ["email"] = "free@example.org", ["passport"] = "P1" };

        await RefusedAsync(ErrorCode.Conflict, () => other.Self.SetFieldsAsync(both));

        await user.Self.SetFieldAsync("email", "free@example.org");
    }

    [Fact]
    public async Task Applications_and_fields_do_not_get_in_each_others_way()
    {
        var app = await RegisterAsync(TwoUnique);
        var foreign = await RegisterAsync(TwoUnique);
        var user = await AddUserAsync(app, new Dictionary<string, string> { ["email"] = "same" });

        await app.Session.CreateUserAsync(new Dictionary<string, string> { ["passport"] = "same" });
        await foreign.Session.CreateUserAsync(new Dictionary<string, string> { ["email"] = "same" });

        Assert.Equal([user.Id], (await app.Session.FindUsersAsync("email", "same")).Items);
    }

    /// <summary>The answers of the calls that succeeded; all others must have been told of the conflict.</summary>
    private static async Task<List<T>> SucceededAsync<T>(IReadOnlyList<Task<T>> calls)
    {
        var succeeded = new List<T>();
        foreach (var call in calls)
            try
            {
                succeeded.Add(await call);
            }
            catch (SecureUserDataException e) when (e.Code == ErrorCode.Conflict)
            {
                // one of those who came too late
            }
        return succeeded;
    }
}
