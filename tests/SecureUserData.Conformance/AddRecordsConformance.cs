namespace SecureUserData.Conformance;

/// <summary>Adding many records in one step.</summary>
public abstract class AddRecordsConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    [Fact]
    public async Task What_is_added_together_is_read_by_the_user_and_by_scripts_as_it_was_given()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var script = await AddScriptAsync(app);
        await user.To(script).GiveAsync();
        NewRecord[] records =
        [
            new(RecordId.New(), RecordContent.Text("  outer spaces &amp; entities, Grüße 👋  ")),
            new(RecordId.New(), RecordContent.Json("""{ "a": [1, 2.50] }""")),
            new(RecordId.New(), new RecordContent("application/octet-stream", (byte[])[0, 0xFF])),
            new(RecordId.New(), RecordContent.Text("")),
        ];

        var added = await app.User(user.Id).AddRecordsAsync("letters", [.. records.Reverse()]);

        Assert.Equal(records.Select(record => record.Id), added);
        var read = (await script.ReadAsync(user.Id, new Selection { Collection = "letters" })).Records!.Items;
        Assert.Equal(records.Select(record => record.Id), read.Select(record => record.Info.Id));
        foreach (var (given, seen) in records.Zip(read))
        {
            Assert.Equal(given.Content.ContentType, seen.Content.ContentType);
            Assert.Equal(given.Content.Data.ToArray(), seen.Content.Data.ToArray());
            Assert.Equal(Clock.GetUtcNow(), seen.Info.StoredAt);
            var own = await user.Self.GetRecordAsync("letters", given.Id);
            Assert.Equal(given.Content.Data.ToArray(), own.Content.Data.ToArray());
        }
    }

    [Fact]
    public async Task A_repeated_call_adds_only_what_is_missing_and_changes_nothing_that_is_there()
    {
        var (records, user) = await AddAsync();
        var batch = Texts(4);
        var put = await records.PutRecordAsync("letters", RecordContent.Text("put before"));
        Assert.Equal(Ids(batch[..2]), await records.AddRecordsAsync("letters", batch[..2]));
        await records.PutRecordAsync("letters", RecordContent.Text("replaced"), batch[0].Id);
        Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(Ids(batch[2..]), await records.AddRecordsAsync("letters", [.. batch, Text(put, "not this")]));
        var log = (await LogAsync(user)).Count;
        Assert.Empty(await records.AddRecordsAsync("letters", batch));

        Assert.Equal(log, (await LogAsync(user)).Count); // nothing was done, so nothing is on record
        Assert.Equal("replaced", (await user.Self.GetRecordAsync("letters", batch[0].Id)).Content.AsText());
        Assert.Equal("put before", (await user.Self.GetRecordAsync("letters", put)).Content.AsText());
        Assert.Equal("text 3", (await user.Self.GetRecordAsync("letters", batch[3].Id)).Content.AsText());
        Assert.Equal(5, (await user.Self.ListRecordsAsync("letters")).Items.Count);
        Assert.Equal(Ids(batch), await records.AddRecordsAsync("drafts", batch)); // another collection, another place
    }

    [Fact]
    public async Task A_step_is_one_entry_that_names_the_range_of_what_is_new_and_how_many()
    {
        var (records, user) = await AddAsync();
        var batch = Texts(5);
        await records.AddRecordsAsync("letters", batch[1..2]);

        await records.AddRecordsAsync("letters", [.. batch.Reverse()]);

        var entries = (await LogAsync(user)).Where(entry => entry.Activity == Activity.RecordPut).ToList();
        Assert.Equal(
            [$"record/letters/{batch[1].Id}..{batch[1].Id} (1)", $"record/letters/{batch[0].Id}..{batch[4].Id} (4)"],
            entries.Select(entry => Assert.Single(entry.Names)));
        Assert.All(entries, entry => Assert.StartsWith("app_", entry.Actor));
    }

    [Fact]
    public async Task A_bad_record_refuses_all_of_them_and_leaves_nothing()
    {
        var (records, user) = await AddAsync();
        var batch = Texts(3);
        var log = (await LogAsync(user)).Count;
        IReadOnlyList<NewRecord>[] refused =
        [
            null!,
            [],
            [.. batch, null!],
            [.. batch, new(RecordId.New(), null!)],
            [.. batch, new(RecordId.New(), RecordContent.Json("{"))],
            [.. batch, new(RecordId.New(), new RecordContent("text", ReadOnlyMemory<byte>.Empty))],
            [.. batch, Bytes(Limits.RecordBytes + 1)],
            [.. batch, batch[1]],
            [.. batch, Text(batch[0].Id, "another text under the same id")],
        ];

        foreach (var batchRefused in refused)
            await RefusedAsync(ErrorCode.Invalid, () => records.AddRecordsAsync("letters", batchRefused));
        foreach (var name in (string?[])["", " letters", "a/b", new string('c', Limits.NameLength + 1), null])
            await RefusedAsync(ErrorCode.Invalid, () => records.AddRecordsAsync(name!, batch));

        Assert.Empty(await user.Self.ListCollectionsAsync());
        Assert.Equal(log, (await LogAsync(user)).Count);
    }

    [Fact]
    public async Task A_step_adds_a_thousand_records_and_no_more()
    {
        var (records, user) = await AddAsync();
        var batch = Texts(Limits.PageItems + 1);

        await RefusedAsync(ErrorCode.Invalid, () => records.AddRecordsAsync("letters", batch));
        Assert.Empty(await user.Self.ListCollectionsAsync());
        Assert.Equal(Limits.PageItems, (await records.AddRecordsAsync("letters", batch[..^1])).Count);

        var (all, _) = await AllAsync(cursor => user.Self.ListRecordsAsync("letters", cursor, 1_000));
        Assert.Equal(Ids(batch[..^1]), all.Select(info => info.Id));
    }

    [Fact]
    public async Task A_step_adds_eight_megabytes_and_no_byte_more()
    {
        var (records, user) = await AddAsync();
        var batch = Enumerable.Range(0, Limits.PageBytes / Limits.RecordBytes)
            .Select(_ => Bytes(Limits.RecordBytes)).ToList();

        await RefusedAsync(ErrorCode.Invalid, () => records.AddRecordsAsync("letters", [.. batch, Bytes(1)]));
        Assert.Equal(batch.Count, (await records.AddRecordsAsync("letters", [.. batch, Bytes(0)])).Count - 1);

        var last = await user.Self.GetRecordAsync("letters", batch[^1].Id);
        Assert.Equal(Limits.RecordBytes, last.Info.Bytes);
    }

    [Fact]
    public async Task Only_the_users_own_application_adds_and_nothing_is_added_after_an_erasure()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var foreign = await RegisterAsync();

        await RefusedAsync(ErrorCode.NotFound, () => foreign.User(user.Id).AddRecordsAsync("letters", Texts(1)));
        await RefusedAsync(ErrorCode.Denied, () => user.Self.AddRecordsAsync("letters", Texts(1)));
        Assert.Empty(await user.Self.ListCollectionsAsync());

        await app.Session.EraseAsync(user.Id);
        await RefusedAsync(ErrorCode.Erased, () => app.User(user.Id).AddRecordsAsync("letters", Texts(1)));
    }

    [Fact]
    public async Task Of_many_who_add_the_same_at_the_same_time_one_adds_each_record()
    {
        var (records, user) = await AddAsync();
        var batch = Texts(60);

        var added = await Task.WhenAll(
            Enumerable.Range(0, 30).Select(i => records.AddRecordsAsync("letters", batch[i..(i + 30)])));

        Assert.Equal(Ids(batch[..59]), added.SelectMany(ids => ids).OrderBy(id => $"{id}", StringComparer.Ordinal));
        var (all, _) = await AllAsync(cursor => user.Self.ListRecordsAsync("letters", cursor, 50));
        Assert.Equal(59, all.Count);
        await Fixture.VerifyLogAsync();
    }

    [Fact]
    public async Task What_was_added_is_there_after_a_restart_and_is_not_added_again()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var batch = Texts(3);
        await app.User(user.Id).AddRecordsAsync("letters", batch[..2]);

        await Fixture.RestartAsync();

        app = await AgainAsync(app);
        Assert.Equal(Ids(batch[2..]), await app.User(user.Id).AddRecordsAsync("letters", batch));
        user = await AgainAsync(user);
        Assert.Equal("text 0", (await user.Self.GetRecordAsync("letters", batch[0].Id)).Content.AsText());
    }

    private static NewRecord[] Texts(int count) =>
        [.. Enumerable.Range(0, count).Select(i => Text(RecordId.New(), $"text {i}"))];

    private static NewRecord Text(RecordId id, string text) => new(id, RecordContent.Text(text));

    private static NewRecord Bytes(int count) =>
        new(RecordId.New(), new RecordContent("application/octet-stream", new byte[count]));

    private static IEnumerable<RecordId> Ids(IEnumerable<NewRecord> records) => records.Select(record => record.Id);

    /// <summary>A user, and the application's reference to the user.</summary>
    private async Task<(IUser Records, UserActor User)> AddAsync()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        return (app.User(user.Id), user);
    }
}
