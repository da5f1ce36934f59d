namespace SecureUserData.Conformance;

/// <summary>A new index key: whoever is looked up is found, and unique values stay unique, at every moment.</summary>
public abstract class IndexRotationConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    [Fact]
    public async Task Look_ups_stay_right_and_unique_values_unique_in_every_phase()
    {
        var app = await RegisterAsync();
        await RotateNothingAsync(app);
        var users = new Dictionary<string, UserActor>();
        for (var i = 0; i < 40; i++) await AddAsync($"old{i}@example.org");
        await app.RotationOf().StartAsync(KeyKind.Index);
        var step = 0;
        do
        {
            step++;
            await AddAsync($"new{step}@example.org");
            await MoveAsync($"old{step}@example.org", $"moved{step}@example.org");
            await MoveAsync($"new{step}@example.org", $"old{step}@example.org");
            await AssertFoundAsync();
        }
        while (await app.StepAsync(Clock));
        await AssertFoundAsync();
        Assert.Equal(4, step); // it waits three times
        Assert.Equal([2], await app.VersionsAsync(KeyKind.Index));

        async Task AddAsync(string email) => users[email] = await AddUserAsync(
            app, new Dictionary<string, string> { ["email"] = email, ["city"] = "Bath" });

        async Task MoveAsync(string from, string to)
        {
            await app.User(users[from].Id).SetFieldAsync("email", to);
            users[to] = users[from];
            users.Remove(from);
        }

        async Task AssertFoundAsync()
        {
            foreach (var (email, user) in users)
            {
                Assert.Equal([user.Id], (await app.Session.FindUsersAsync("email", email.ToUpperInvariant())).Items);
                await RefusedAsync(ErrorCode.Conflict, () => app.Session.CreateUserAsync(
                    new Dictionary<string, string> { ["email"] = email }));
            }
            Assert.Equal(users.Count, (await AllAsync(c => app.Session.FindUsersAsync("city", "bath", c))).Items.Count);
        }
    }

    [Fact]
    public async Task Of_many_creations_at_once_with_one_value_exactly_one_wins_while_the_sweep_runs()
    {
        var app = await RegisterAsync();
        await RotateNothingAsync(app);
        for (var i = 0; i < 50; i++)
            await app.Session.CreateUserAsync(new Dictionary<string, string> { ["email"] = $"{i}@example.org" });
        var rotation = app.RotateAsync(KeyKind.Index, Clock);

        for (var round = 0; !rotation.IsCompleted || round < 3; round++)
        {
            Assert.True(round < 5_000, "The rotation does not end.");
            var fields = new Dictionary<string, string> { ["email"] = $"round{round}@example.org" };
            var creations = Enumerable.Range(0, 8).Select(_ => app.Session.CreateUserAsync(fields)).ToList();
            var created = 0;
            foreach (var creation in creations)
                try
                {
                    await creation;
                    created++;
                }
                catch (SecureUserDataException e) when (e.Code == ErrorCode.Conflict)
                {
                }
            Assert.Equal(1, created);
            Assert.Single((await app.Session.FindUsersAsync("email", fields["email"])).Items);
        }
        await rotation;
    }

    [Theory]
    [InlineData(KeyKind.Index)]
    [InlineData(KeyKind.State)]
    [InlineData(KeyKind.Log)]
    [InlineData(KeyKind.Application)]
    public async Task Whoever_is_there_is_found_in_many_parts_at_once_while_a_rotation_is_at_work(KeyKind key)
    {
        var app = await RegisterAsync();
        await RotateNothingAsync(app);
        var users = new List<UserId>();
        for (var i = 0; i < 30; i++)
            users.Add((await app.Session.CreateUserAsync(new Dictionary<string, string> { ["city"] = "Bath" })).Id);
        await app.RotationOf().StartAsync(key);
        var isOver = false;
        while (!isOver)
        {
            var working = app.RotationOf().RunAheadAsync();
            do
            {
                var found = await Task.WhenAll(Enumerable.Range(0, 8)
                    .Select(part => app.LookUps(part).FindUsersAsync("city", "BATH")));
                Assert.All(found, page => Assert.Equal(users, page.Items));
            }
            while (!working.IsCompleted);
            await working;
            isOver = !await app.StepAsync(Clock); // time goes by while no look-up is under way
        }

        var lookUps = (await AllAsync(cursor => app.Self.ListLookUpsAsync(cursor))).Items;
        Assert.Equal(lookUps.Count, lookUps.Select(entry => (entry.Chain, entry.Sequence)).Distinct().Count());
        await Fixture.VerifyLogAsync();
    }

    [Fact]
    public async Task A_value_that_was_given_up_is_free_in_both_versions()
    {
        var app = await RegisterAsync();
        await RotateNothingAsync(app);
        var ada = await AddUserAsync(app);
        await app.RotationOf().StartAsync(KeyKind.Index);

        await app.User(ada.Id).SetFieldAsync("email", null);
        var other = await AddUserAsync(app);
        await app.FinishAsync(Clock);

        Assert.Equal([other.Id], (await app.Session.FindUsersAsync("email", "ada@example.org")).Items);
    }
}
