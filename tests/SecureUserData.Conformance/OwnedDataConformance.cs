using System.Text;

namespace SecureUserData.Conformance;

/// <summary>Collections of records.</summary>
public abstract class OwnedDataConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    [Fact]
    public async Task Text_JSON_and_bytes_come_back_as_they_were_put()
    {
        var (records, user) = await AddAsync();
        RecordContent[] contents =
        [
            RecordContent.Text("Grüße 👋\r\n\0"),
            RecordContent.Text(""),
            RecordContent.Json("""{ "a": [1, 2.50, null], "a": "twice" }"""),
            RecordContent.Json("7"),
            new("application/octet-stream", (byte[])[0, 0xFF, 0xFE, 0]),
            new("image/png", ReadOnlyMemory<byte>.Empty),
            new("application/json; charset=utf-8", Encoding.UTF8.GetBytes("[]")),
        ];

        foreach (var content in contents)
        {
            var id = await records.PutRecordAsync("letters", content);
            var record = await user.Self.GetRecordAsync("letters", id);

            Assert.Equal(content.ContentType, record.Content.ContentType);
            Assert.Equal(content.Data.ToArray(), record.Content.Data.ToArray());
            Assert.Equal(
                new RecordInfo("letters", id, content.ContentType, content.Data.Length, Clock.GetUtcNow()),
                record.Info);
        }
    }

    [Fact]
    public async Task A_replaced_record_keeps_its_id_and_only_its_new_content()
    {
        var (records, user) = await AddAsync();
        var id = await records.PutRecordAsync("letters", RecordContent.Text("first"));
        Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(id, await records.PutRecordAsync("letters", RecordContent.Json("2"), id));

        var record = await user.Self.GetRecordAsync("letters", id);
        Assert.Equal("2", record.Content.AsText());
        Assert.Equal(Clock.GetUtcNow(), record.Info.StoredAt);
        Assert.Single((await user.Self.ListRecordsAsync("letters")).Items);
    }

    [Fact]
    public async Task A_record_that_is_not_there_is_not_found()
    {
        var (records, user) = await AddAsync();
        var id = await records.PutRecordAsync("letters", RecordContent.Text("first"));
        var text = RecordContent.Text("second");

        await RefusedAsync(ErrorCode.NotFound, () => records.PutRecordAsync("letters", text, RecordId.New()));
        await RefusedAsync(ErrorCode.NotFound, () => records.PutRecordAsync("drafts", text, id));
        await RefusedAsync(ErrorCode.NotFound, () => user.Self.GetRecordAsync("drafts", id));
        await RefusedAsync(ErrorCode.NotFound, () => user.Self.DeleteRecordAsync("drafts", id));

        Assert.Equal("first", (await user.Self.GetRecordAsync("letters", id)).Content.AsText());
    }

    [Fact]
    public async Task A_deleted_record_is_gone_for_the_user_and_for_scripts()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var script = await AddScriptAsync(app);
        await user.To(script).GiveAsync();
        var first = await app.User(user.Id).PutRecordAsync("letters", RecordContent.Text("first"));
        var second = await app.User(user.Id).PutRecordAsync("letters", RecordContent.Text("second"));

        await app.User(user.Id).DeleteRecordAsync("letters", first);
        await user.Self.DeleteRecordAsync("letters", second);

        await RefusedAsync(ErrorCode.NotFound, () => user.Self.GetRecordAsync("letters", first));
        await RefusedAsync(ErrorCode.NotFound, () => user.Self.DeleteRecordAsync("letters", second));
        Assert.Empty((await user.Self.ListRecordsAsync("letters")).Items);
        Assert.Empty(await user.Self.ListCollectionsAsync());
        Assert.Empty((await script.ReadAsync(user.Id, new Selection { Collection = "letters" })).Records!.Items);
    }

    [Fact]
    public async Task Records_are_listed_by_pages_in_the_order_of_their_ids()
    {
        var (records, user) = await AddAsync();
        var ids = new List<RecordId>();
        for (var i = 0; i < 25; i++)
        {
            ids.Add(await records.PutRecordAsync("letters", RecordContent.Text($"letter {i}")));
            await records.PutRecordAsync("drafts", RecordContent.Text($"draft {i}"));
        }

        var (all, sizes) = await AllAsync(cursor => user.Self.ListRecordsAsync("letters", cursor, 10));
        var (even, evenSizes) = await AllAsync(cursor => user.Self.ListRecordsAsync("letters", cursor, 25));

        Assert.Equal(ids, all.Select(info => info.Id));
        Assert.Equal([10, 10, 5], sizes);
        Assert.Equal(ids, even.Select(info => info.Id));
        Assert.Equal([25], evenSizes); // no empty page at the end
        Assert.Equal(["drafts", "letters"], await user.Self.ListCollectionsAsync());
    }

    [Fact]
    public async Task Pages_stay_below_their_limit_in_bytes_and_every_record_of_a_megabyte_arrives()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var script = await AddScriptAsync(app);
        await user.To(script).GiveAsync();
        for (var i = 0; i < 9; i++)
        {
            var bytes = new byte[Limits.RecordBytes];
            Array.Fill(bytes, (byte)i);
            await app.User(user.Id).PutRecordAsync("letters", new RecordContent("application/octet-stream", bytes));
        }

        var (read, sizes) = await AllAsync(async cursor =>
            (await script.ReadAsync(user.Id, new Selection { Collection = "letters", Cursor = cursor })).Records!);

        Assert.Equal(Enumerable.Range(0, 9), read.Select(record => (int)record.Content.Data.Span[^1]));
        Assert.All(read, record => Assert.Equal(Limits.RecordBytes, record.Content.Data.Length));
        Assert.All(sizes, size => Assert.InRange(size, 0, Limits.PageBytes / Limits.RecordBytes));
    }

    [Fact]
    public async Task Content_that_is_not_what_it_is_called_is_invalid()
    {
        var (records, user) = await AddAsync();
        byte[] notUtf8 = [(byte)'a', 0xFF];
        byte[] jsonNotUtf8 = [(byte)'"', 0xC3, 0x28, (byte)'"'];
        RecordContent[] refused =
        [
            new("text/plain", notUtf8),
            new("TEXT/plain", notUtf8),
            new("text/html; charset=utf-8", notUtf8),
            RecordContent.Json("{"),
            RecordContent.Json(""),
            RecordContent.Json("{} {}"),
            RecordContent.Json("{'a': 1}"),
            new("Application/JSON", Encoding.UTF8.GetBytes("no")),
            new("application/json;charset=utf-8", Encoding.UTF8.GetBytes("no")),
            new("application/json", jsonNotUtf8),
            new("text", Encoding.UTF8.GetBytes("no subtype")),
            new("text/", Encoding.UTF8.GetBytes("no subtype")),
            new("/plain", Encoding.UTF8.GetBytes("no type")),
            new("text/plain\n", Encoding.UTF8.GetBytes("a line break")),
            new("text/" + new string('x', Limits.ContentTypeLength - 4), Encoding.UTF8.GetBytes("too long")),
            new(null!, Encoding.UTF8.GetBytes("no type")),
            null!,
        ];

        foreach (var content in refused)
            await RefusedAsync(ErrorCode.Invalid, () => records.PutRecordAsync("letters", content));

        Assert.Empty(await user.Self.ListCollectionsAsync());
    }

    [Fact]
    public async Task A_record_holds_a_megabyte_and_no_byte_more()
    {
        var (records, user) = await AddAsync();
        var largest = new byte[Limits.RecordBytes];
        largest[^1] = 7;

        var id = await records.PutRecordAsync("letters", new RecordContent("application/octet-stream", largest));
        await RefusedAsync(ErrorCode.Invalid, () => records.PutRecordAsync(
            "letters", new RecordContent("application/octet-stream", new byte[Limits.RecordBytes + 1])));

        Assert.Equal(largest, (await user.Self.GetRecordAsync("letters", id)).Content.Data.ToArray());
    }

    [Fact]
    public async Task Names_cursors_and_limits_are_checked()
    {
        var (records, user) = await AddAsync();
        var text = RecordContent.Text("text");

        foreach (var name in (string?[])["", " letters", "a/b", new string('c', Limits.NameLength + 1), "tab\t", null])
        {
            await RefusedAsync(ErrorCode.Invalid, () => records.PutRecordAsync(name!, text));
            await RefusedAsync(ErrorCode.Invalid, () => user.Self.ListRecordsAsync(name!));
            await RefusedAsync(ErrorCode.Invalid, () => user.Self.GetRecordAsync(name!, RecordId.New()));
            await RefusedAsync(ErrorCode.Invalid, () => user.Self.DeleteRecordAsync(name!, RecordId.New()));
        }
        foreach (var limit in (int[])[0, -1, Limits.PageItems + 1])
            await RefusedAsync(ErrorCode.Invalid, () => user.Self.ListRecordsAsync("letters", limit: limit));
        await RefusedAsync(ErrorCode.Invalid, () => user.Self.ListRecordsAsync("letters", "rec_"));
    }

    [Fact]
    public async Task Puts_readings_and_deletions_are_on_record_by_their_names()
    {
        var (records, user) = await AddAsync();
        var id = await records.PutRecordAsync("letters", RecordContent.Text("Dear Charles"));
        var before = (await LogAsync(user)).Count;

        await user.Self.GetRecordAsync("letters", id);
        await user.Self.ListRecordsAsync("letters");
        await user.Self.DeleteRecordAsync("letters", id);

        var log = await LogAsync(user);
        Assert.Equal(
            (Activity.RecordPut, $"record/letters/{id}"), (log[before - 1].Activity, log[before - 1].Names[0]));
        Assert.Equal(
            [Activity.OwnDataRead, Activity.OwnDataRead, Activity.RecordDeleted],
            log[before..].Select(entry => entry.Activity));
        Assert.Equal(
            [$"record/letters/{id}", "record/letters", $"record/letters/{id}"],
            log[before..].Select(entry => entry.Names.Single()));
    }

    /// <summary>A user, and the application's reference to the user.</summary>
    private async Task<(IUser Records, UserActor User)> AddAsync()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        return (app.User(user.Id), user);
    }
}
