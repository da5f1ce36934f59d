namespace SecureUserData.Conformance;

/// <summary>New keys for users: everything of theirs is encrypted again.</summary>
public abstract class UserKeyRotationConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    [Fact]
    public async Task Many_records_are_encrypted_again_and_all_calls_go_on_meanwhile()
    {
        var app = await RegisterAsync();
        await RotateNothingAsync(app);
        var user = await AddUserAsync(app);
        var texts = new Dictionary<RecordId, string>();
        foreach (var collection in (string[])["drafts", "letters"])
        {
            var records = Enumerable.Range(0, 900)
                .Select(i => new NewRecord(RecordId.New(), RecordContent.Text($"{collection} {i}"))).ToList();
            foreach (var id in await app.User(user.Id).AddRecordsAsync(collection, records)) texts[id] = "";
            foreach (var record in records) texts[record.Id] = record.Content.AsText();
        }
        await app.RotationOf().StartAsync(KeyKind.User);

        var rotation = app.FinishAsync(Clock);
        var deleted = new List<RecordId>();
        foreach (var id in texts.Keys.Where((_, i) => i % 30 == 0).ToList())
        {
            var collection = texts[id].Split(' ')[0];
            Assert.Equal(texts[id], (await user.Self.GetRecordAsync(collection, id)).Content.AsText());
            texts[id] += " changed";
            await app.User(user.Id).PutRecordAsync(collection, RecordContent.Text(texts[id]), id);
        }
        foreach (var id in texts.Keys.Where((_, i) => i % 30 == 7).ToList())
        {
            await user.Self.DeleteRecordAsync(texts[id].Split(' ')[0], id);
            texts.Remove(id);
        }

        Assert.Equal((RotationPhase.Finished, 1L), ((await rotation).Phase, (await rotation).Moved));
        var found = new Dictionary<RecordId, string>();
        foreach (var collection in (string[])["drafts", "letters"])
            foreach (var record in (await AllAsync(c => user.Self.ExportRecordsAsync(collection, c, 500))).Items)
                found[record.Info.Id] = record.Content.AsText();
        Assert.Equal(texts.OrderBy(pair => pair.Key.ToString()), found.OrderBy(pair => pair.Key.ToString()));
    }

    [Fact]
    public async Task Whoever_comes_after_the_start_has_a_new_key_already()
    {
        var app = await RegisterAsync();
        await RotateNothingAsync(app);
        var before = await AddNamedUserAsync(app, "before");
        await app.RotationOf().StartAsync(KeyKind.User);
        await app.RotationOf().PauseAsync();
        Clock.Advance(TimeSpan.FromSeconds(1));
        var after = await AddNamedUserAsync(app, "after");

        await app.RotationOf().ResumeAsync();
        await app.FinishAsync(Clock);

        Assert.Contains(await LogAsync(before), entry => entry.Activity == Activity.UserKeyRotated);
        Assert.DoesNotContain(await LogAsync(after), entry => entry.Activity == Activity.UserKeyRotated);
    }

    [Fact]
    public async Task A_user_who_is_erased_meanwhile_stays_erased()
    {
        var app = await RegisterAsync();
        await RotateNothingAsync(app);
        var user = await AddUserAsync(app);
        await app.RotationOf().StartAsync(KeyKind.User);
        await user.Session.EraseAsync(user.Id);

        var run = await app.FinishAsync(Clock);

        Assert.Equal((RotationPhase.Finished, 0L), (run.Phase, run.Failed));
        await RefusedAsync(ErrorCode.Erased, () => app.User(user.Id).SetFieldAsync("name", "back"));
    }
}
