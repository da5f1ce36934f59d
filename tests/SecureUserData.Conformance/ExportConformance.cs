using System.Text.Json;

namespace SecureUserData.Conformance;

/// <summary>Everything about one user as one document.</summary>
public abstract class ExportConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    [Fact]
    public async Task An_export_holds_everything_about_the_user()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var script = await AddScriptAsync(app);
        var undecided = await AddScriptAsync(app, Newsletter with { Name = "Survey" });
        await user.To(script).GiveAsync();
        await user.To(script).WithdrawAsync();
        byte[] image = [0x89, 0x50, 0x4e, 0x47, 0xff];
        var text = await app.User(user.Id).PutRecordAsync("letters", RecordContent.Text("Dear \"Ada\" – ä\u2028"));
        var json = await app.User(user.Id).PutRecordAsync("orders", RecordContent.Json("{\"b\":1,\"a\":[]}"));
        var binary = await app.User(user.Id).PutRecordAsync("pictures", new RecordContent("image/png", image));
        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "name"));

        var export = await ExportAsync(user);

        Assert.Equal(
            ["format", "exportedAt", "user", "application", "profile", "records", "consents", "accessLog", "logHead"],
            export.EnumerateObject().Select(property => property.Name));
        Assert.Equal("export/1", Text(export, "format"));
        Assert.Equal(Clock.GetUtcNow(), export.GetProperty("exportedAt").GetDateTimeOffset());
        Assert.Equal($"{user.Id}", Text(export, "user"));
        Assert.Equal($"{app.Id}", Text(export.GetProperty("application"), "id"));
        Assert.Equal("City Library", Text(export.GetProperty("application"), "name"));
        Assert.Equal(
            Ada.OrderBy(field => field.Key, StringComparer.Ordinal),
            export.GetProperty("profile").GetProperty("fields").EnumerateObject()
                .Select(field => KeyValuePair.Create(field.Name, Text(field.Value, "value"))));
        var records = export.GetProperty("records");
        Assert.Equal(["letters", "orders", "pictures"], records.EnumerateObject().Select(records => records.Name));
        AssertRecord(records.GetProperty("letters")[0], text, "text/plain", "text", "Dear \"Ada\" – ä\u2028");
        AssertRecord(records.GetProperty("orders")[0], json, "application/json", "text", "{\"b\":1,\"a\":[]}");
        AssertRecord(records.GetProperty("pictures")[0], binary, "image/png", "base64", Convert.ToBase64String(image));
        AssertConsents(export.GetProperty("consents"), script, undecided);
        await AssertLogAsync(export.GetProperty("accessLog"), user);
        var newest = export.GetProperty("accessLog").EnumerateArray().Last();
        Assert.Equal(
            (newest.GetProperty("sequence").GetInt64(), Text(newest, "mac")),
            (export.GetProperty("logHead").GetProperty("sequence").GetInt64(),
                Text(export.GetProperty("logHead"), "mac")));
    }

    [Fact]
    public async Task An_export_is_on_record_before_it_begins()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var id = await app.User(user.Id).PutRecordAsync("letters", RecordContent.Text("one"));
        var before = (await LogAsync(user)).Count;

        await ExportAsync(user);

        Assert.Equal(
            [(Activity.DataExported, "field/*, field/*/history"),
                (Activity.DataExported, $"record/letters/{id}..{id} (1)")],
            (await LogAsync(user))[before..].Select(entry => (entry.Activity, string.Join(", ", entry.Names))));
    }

    [Fact]
    public async Task An_export_holds_the_earlier_values_of_fields()
    {
        var user = await AddUserAsync(await RegisterAsync());
        var first = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromHours(1));
        await user.Self.SetFieldAsync("city", "Paris");

        var fields = (await ExportAsync(user)).GetProperty("profile").GetProperty("fields");

        var city = fields.GetProperty("city");
        Assert.Equal("Paris", Text(city, "value"));
        var earlier = Assert.Single(city.GetProperty("earlier").EnumerateArray());
        Assert.Equal("London", Text(earlier, "value"));
        Assert.Equal(
            (first, first.AddHours(1)),
            (earlier.GetProperty("setAt").GetDateTimeOffset(), earlier.GetProperty("until").GetDateTimeOffset()));
        Assert.False(fields.GetProperty("name").TryGetProperty("earlier", out _));
    }

    [Fact]
    public async Task An_export_of_nothing_but_a_profile_is_a_whole_document_too()
    {
        var user = await AddNamedUserAsync(await RegisterAsync(), "Grace");

        var export = await ExportAsync(user);

        Assert.Empty(export.GetProperty("records").EnumerateObject());
        Assert.Equal(0, export.GetProperty("consents").GetArrayLength());
    }

    [Fact]
    public async Task Only_the_user_exports()
    {
        var app = await RegisterAsync();
        var script = await AddScriptAsync(app);
        foreach (var session in (ISession[])[app.Session, script.Session, await OperatorAsync()])
        {
            using var stream = new MemoryStream();
            await RefusedAsync(ErrorCode.Denied, () => session.ExportAsync(stream));
            Assert.Equal(0, stream.Length);
        }
    }

    [Fact]
    public async Task Records_come_in_pages_and_none_is_missing()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        foreach (var letters in Enumerable.Range(0, 2_345).Chunk(Limits.PageItems))
            await app.User(user.Id).AddRecordsAsync(
                "letters",
                [.. letters.Select(i => new NewRecord(RecordId.New(), RecordContent.Text($"letter {i}")))]);

        var export = await ExportAsync(user);

        Assert.Equal(
            Enumerable.Range(0, 2_345).Select(i => $"letter {i}").Order(),
            export.GetProperty("records").GetProperty("letters").EnumerateArray()
                .Select(record => Text(record, "text")).Order());
    }

    private static async Task<JsonElement> ExportAsync(UserActor user)
    {
        using var stream = new MemoryStream();
        await user.Session.ExportAsync(stream);
        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;

    private static void AssertRecord(JsonElement record, RecordId id, string type, string property, string content)
    {
        Assert.Equal($"{id}", Text(record, "id"));
        Assert.Equal(type, Text(record, "contentType"));
        Assert.Equal(content, Text(record, property));
        Assert.Equal(5, record.EnumerateObject().Count());
    }

    private static void AssertConsents(JsonElement consents, ScriptActor withdrawn, ScriptActor requested)
    {
        Assert.Equal(
            [($"{withdrawn.Id}", "Withdrawn"), ($"{requested.Id}", "Requested")],
            consents.EnumerateArray().Select(
                consent => (Text(consent.GetProperty("script"), "id"), Text(consent, "status"))));
        Assert.Equal(
            ["Given", "Withdrawn"],
            consents[0].GetProperty("decisions").EnumerateArray().Select(decision => Text(decision, "status")));
        Assert.Equal(
            "Send the monthly letter",
            Text(consents[0].GetProperty("script").GetProperty("text"), "purpose"));
    }

    /// <summary>The entries are the user's log, and each has the bytes that its MAC is over.</summary>
    private static async Task AssertLogAsync(JsonElement exported, UserActor user)
    {
        var log = await LogAsync(user);
        Assert.Equal(
            log.Select(entry => (entry.Sequence, entry.Activity.ToString())),
            exported.EnumerateArray().Select(
                entry => (entry.GetProperty("sequence").GetInt64(), Text(entry, "activity"))));
        foreach (var entry in exported.EnumerateArray())
        {
            var body = JsonDocument.Parse(entry.GetProperty("body").GetBytesFromBase64()).RootElement;
            Assert.Equal(Text(entry, "actor"), Text(body, "by"));
            Assert.Equal(32, entry.GetProperty("mac").GetBytesFromBase64().Length);
        }
    }
}
