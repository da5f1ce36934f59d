using System.Text;

namespace SecureUserData.Conformance;

/// <summary>How a user's data ends.</summary>
public abstract class ErasureConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    [Fact]
    public async Task A_preview_counts_what_an_erasure_would_remove_and_changes_nothing()
    {
        var (_, user, script) = await FillAsync();
        var before = await LogAsync(user);

        var preview = await Erasure(user.Session, user.Id).PreviewAsync();

        Assert.Equal(
            [("user keys", 1), ("credentials", 1), ("unique keys", 1), ("records", 3), ("consents", 1),
                ("earlier values of fields", 1), ("fields", 3)],
            preview.Removes.Select(items => (items.What, items.Count)));
        Assert.Equal(before.Count, preview.Remains.Single(kept => kept.What == "access log entries").Count);
        Assert.Null(await Erasure(user.Session, user.Id).GetAsync());
        Assert.Equal(before.Count, (await LogAsync(user)).Count);
        Assert.Equal("Ada Lovelace", (await script.ReadAsync(user, "name")).Fields["name"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_user_and_the_application_can_erase_in_one_request(bool byUser)
    {
        var (app, user, script) = await FillAsync();
        var session = byUser ? user.Session : app.Session;
        var preview = await Erasure(session, user.Id).PreviewAsync();

        var erasure = await session.EraseAsync(user.Id);

        Assert.Equal(preview.Removes, erasure.Removed);
        Assert.Equal(session.Identity.Id, erasure.RequestedBy);
        Assert.Equal(erasure.Certificate, (await Erasure(app.Session, user.Id).GetAsync())!.Certificate);
        await AssertGoneAsync(app, user, script);
    }

    [Fact]
    public async Task The_certificate_says_what_was_removed_and_verifies_with_the_public_key_alone()
    {
        var (app, user, _) = await FillAsync();
        var log = (await LogAsync(user)).Count;

        var erasure = await app.Session.EraseAsync(user.Id);

        var key = await (await OperatorAsync()).Get(new InstallationId()).GetCertificateKeyAsync();
        Assert.Equal(key, await app.Session.Get(new InstallationId()).GetCertificateKeyAsync());
        var statement = ErasureCertificate.Verify(erasure.Certificate!, key);
        Assert.Equal(
            ("erasure/1", $"{user.Id}", $"{app.Id}", $"{app.Id}", Clock.GetUtcNow(), Clock.GetUtcNow()),
            (statement.Format, statement.User, statement.App, statement.RequestedBy, statement.RequestedAt,
                statement.ErasedAt));
        Assert.Equal(erasure.Removed, statement.Removed);
        Assert.Equal(log + 1, statement.LogSequence);
        // The batch is the newest of one writer, and there may be others.
        Assert.InRange(statement.LogBatch!.Last, 1, (await Fixture.VerifyLogAsync()).Entries);
        Assert.Equal(log + 1, statement.Remains.Single(kept => kept.What == "access log entries").Count);
    }

    [Fact]
    public async Task The_certificate_says_when_the_log_goes_as_the_application_has_set_it_by_then()
    {
        var (app, user, _) = await FillAsync();
        await app.Self.SetRetentionAsync(RetentionRules.None with { Log = TimeSpan.FromDays(30) });

        var erasure = await app.Session.EraseAsync(user.Id);

        var key = await app.Session.Get(new InstallationId()).GetCertificateKeyAsync();
        var until = ErasureCertificate.Verify(erasure.Certificate!, key).Remains
            .Single(kept => kept.What == "access log entries").Until;
        Assert.StartsWith($"{Clock.GetUtcNow().AddDays(30):yyyy-MM-dd}", until, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asking_again_gives_the_same_certificate_and_does_nothing()
    {
        var (app, user, _) = await FillAsync();
        var first = await user.Session.EraseAsync(user.Id);
        Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(first.Certificate, (await app.Session.EraseAsync(user.Id)).Certificate);
        await Fixture.RestartAsync();
        var again = await (await AgainAsync(app)).Session.EraseAsync(user.Id);

        Assert.Equal(first.Certificate, again.Certificate);
        Assert.Equal(first.RequestedBy, again.RequestedBy);
    }

    [Fact]
    public async Task An_erased_user_is_erased_for_everybody_who_could_ask_and_unknown_to_all_others()
    {
        var (app, user, script) = await FillAsync();
        var undecided = await AddScriptAsync(app);
        var foreign = await RegisterAsync();
        var foreignScript = await AddScriptAsync(foreign);
        await app.Session.EraseAsync(user.Id);

        foreach (var reader in (ScriptActor[])[script, undecided])
            await RefusedAsync(ErrorCode.Erased, () => reader.ReadAsync(user, "name"));
        await RefusedAsync(ErrorCode.Erased, () => app.User(user.Id).SetFieldAsync("name", "Ada"));
        await RefusedAsync(ErrorCode.Erased, () => app.User(user.Id).PutRecordAsync(
            "letters", RecordContent.Text("late")));
        await RefusedAsync(ErrorCode.Erased, () => user.Self.GetAsync());
        await RefusedAsync(ErrorCode.Erased, () => user.To(script).GetAsync());
        var notice = (await undecided.Self.GetAsync()).Notice;
        await RefusedAsync(ErrorCode.Erased, () => user.To(undecided).GiveAsync(new ConsentGrant(notice)));
        var operators = await OperatorAsync();
        await RefusedAsync(ErrorCode.Erased, () => operators.Get(user.Id).ReissueCredentialAsync());
        await RefusedAsync(ErrorCode.NotFound, () => foreign.User(user.Id).SetFieldAsync("name", "Eve"));
        await RefusedAsync(ErrorCode.NotFound, () => foreignScript.ReadAsync(user, "name"));
        await RefusedAsync(ErrorCode.NotFound, () => Erasure(foreign.Session, user.Id).GetAsync());
        await RefusedAsync(ErrorCode.Denied, () => Engine.SignInAsync(user.Credential));
    }

    [Fact]
    public async Task A_unique_value_of_an_erased_user_is_free_again_and_the_user_is_in_no_list()
    {
        var (app, user, _) = await FillAsync();
        await app.Session.EraseAsync(user.Id);

        Assert.Empty((await app.Self.ListUsersAsync()).Items);
        Assert.Empty((await app.Session.FindUsersAsync("email", Ada["email"])).Items);
        Assert.Empty((await app.Session.FindUsersAsync("city", "Paris")).Items);
        var second = await AddUserAsync(app);
        Assert.Equal([second.Id], (await app.Session.FindUsersAsync("email", Ada["email"])).Items);
    }

    [Fact]
    public async Task An_erasure_that_nobody_waits_for_is_finished_by_itself()
    {
        var (app, user, script) = await FillAsync(records: 20_000);

        var begun = await Erasure(app.Session, user.Id).RequestAsync();
        Assert.Null(begun.Certificate);
        await RefusedAsync(ErrorCode.Erased, () => script.ReadAsync(user, "name")); // unreadable from the first moment
        await Fixture.RestartAsync();
        app = await AgainAsync(app);
        Clock.Advance(TimeSpan.FromMinutes(1));

        await EventuallyAsync(async () =>
            (await Erasure(app.Session, user.Id).GetAsync())!.Certificate is not null);
        Assert.Equal(20_000, (await Erasure(app.Session, user.Id).GetAsync())!.Removed
            .Single(items => items.What == "records").Count);
    }

    [Fact]
    public async Task Erasing_one_user_leaves_the_others_as_they_are()
    {
        var (app, user, script) = await FillAsync();
        var other = await AddNamedUserAsync(app, "Grace");
        await other.To(script).GiveAsync();
        var letter = await app.User(other.Id).PutRecordAsync("letters", RecordContent.Text("stays"));

        await app.Session.EraseAsync(user.Id);

        Assert.Equal("Grace", (await script.ReadAsync(other, "name")).Fields["name"]);
        Assert.Equal("stays", (await other.Self.GetRecordAsync("letters", letter)).Content.AsText());
        Assert.Equal([other.Id], (await app.Self.ListUsersAsync()).Items);
    }

    [Fact]
    public async Task Many_erasures_at_once_all_finish()
    {
        var app = await RegisterAsync();
        var users = new List<UserActor>();
        for (var i = 0; i < 20; i++) users.Add(await AddNamedUserAsync(app, $"user {i}"));

        var erasures = await Task.WhenAll(users.Select(user => app.Session.EraseAsync(user.Id)));

        Assert.All(erasures, erasure => Assert.NotNull(erasure.Certificate));
        Assert.Empty((await app.Self.ListUsersAsync()).Items);
    }

    private static IErasure Erasure(ISession session, UserId user) => session.Get(new ErasureId(user));

    private static async Task AssertGoneAsync(ApplicationActor app, UserActor user, ScriptActor script)
    {
        await RefusedAsync(ErrorCode.Erased, () => script.ReadAsync(user, "name"));
        Assert.Equal(
            [("user keys", 0), ("credentials", 0), ("unique keys", 0), ("records", 0), ("consents", 0),
                ("earlier values of fields", 0), ("fields", 0)],
            (await Erasure(app.Session, user.Id).PreviewAsync()).Removes.Select(items => (items.What, items.Count)));
    }

    private async Task<(ApplicationActor App, UserActor User, ScriptActor Script)> FillAsync(int records = 3)
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        await user.Self.SetFieldAsync("city", "Paris");
        var script = await AddScriptAsync(app);
        await user.To(script).GiveAsync();
        var content = new RecordContent("text/plain", Encoding.UTF8.GetBytes("Dear Ada"));
        foreach (var letters in Enumerable.Range(0, records).Chunk(Limits.PageItems))
            await app.User(user.Id).AddRecordsAsync(
                "letters", [.. letters.Select(_ => new NewRecord(RecordId.New(), content))]);
        return (app, user, script);
    }
}
