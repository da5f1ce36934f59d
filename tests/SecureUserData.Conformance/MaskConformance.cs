using System.Text.Json;

namespace SecureUserData.Conformance;

/// <summary>What a script gets of fields that it asks for masked, and what the user is told about it.</summary>
public abstract class MaskConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    private static readonly Dictionary<string, string> Person = new()
    {
        ["name"] = "Augusta",
        ["email"] = "gus@example.org",
        ["born"] = "1815-12-10",
        ["number"] = "5304218-77",
        ["city"] = "London",
    };

    private static readonly ScriptText Statistics = new("Statistics", "Count people", LegalBasis.Consent)
    {
        Fields = ["name", "email", "born", "number", "city"],
        Collections = ["letters"],
        Masks = new Dictionary<string, FieldMask>
        {
            ["name"] = FieldMask.Initial, ["email"] = FieldMask.EmailDomain, ["born"] = FieldMask.Year,
            ["number"] = FieldMask.LastFour,
        },
    };

    private static readonly Dictionary<string, string> Masked = new()
    {
        ["name"] = "A.", ["email"] = "example.org", ["born"] = "1815", ["number"] = "…8-77", ["city"] = "London",
    };

    [Fact]
    public async Task A_masked_field_gives_its_mask_and_nothing_more_and_the_log_says_so()
    {
        var (app, user, script) = await GiveAsync();

        Assert.Equal(Masked, await ReadAsync(script, user));
        Assert.Equal("A.", Assert.Single((await script.ReadAsync(user, "name")).Fields).Value);
        await app.User(user.Id).SetFieldAsync("name", "Byron");
        Assert.Equal("B.", (await script.ReadAsync(user, "name")).Fields["name"]);

        var log = await LogAsync(user);
        var read = log.Where(entry => entry.Activity == Activity.DataRead).ToList();
        Assert.Equal(
            ["field/name:initial", "field/email:domain", "field/born:year", "field/number:last4", "field/city"],
            read[0].Names);
        Assert.Equal(["field/name:initial"], read[1].Names);
        AssertHidden(log);
        AssertHidden(await app.Self.ListAccessesAsync());
        Assert.Equal(Person["number"], (await user.Self.GetAsync()).Fields["number"]); // the user's own data is whole
    }

    [Fact]
    public async Task What_cannot_be_masked_is_left_out_like_what_the_user_does_not_have()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app, new Dictionary<string, string>
        {
            ["name"] = "A", ["email"] = "not an address", ["born"] = "10/12/1815", ["number"] = "7",
        });
        var script = await AddScriptAsync(app, Statistics);
        await user.To(script).GiveAsync();

        Assert.Empty((await script.ReadAsync(user, "name", "email", "born", "number", "city")).Fields);
        Assert.Equal("field/number:last4", (await LogAsync(user))[^1].Names[3]);
    }

    [Fact]
    public async Task The_decision_holds_the_masks_of_what_was_given_and_so_does_the_log()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app, Person);
        var (script, whole) = (await AddScriptAsync(app, Statistics), await AddScriptAsync(app, Newsletter));
        var notice = (await user.To(script).GetAsync()).Script;
        Assert.Equal(Statistics.Masks.ToHashSet(), notice.Text.Masks.ToHashSet());

        await user.To(script).GiveAsync(new ConsentGrant(notice.Notice) { Fields = ["number", "city"] });
        await user.To(whole).GiveAsync();

        var decisions = (await LogAsync(user)).Select(entry => entry.Decision).OfType<ConsentDecision>().ToList();
        Assert.Equal([new("number", FieldMask.LastFour)], decisions[0].Masks!);
        Assert.Null(decisions[1].Masks);
        var view = (await user.Overview.ListConsentsAsync()).Items.Single(item => item.Id.Script == script.Id);
        Assert.Equal([new("number", FieldMask.LastFour)], view.Decision!.Masks!);
        Assert.Equal([new("number", FieldMask.LastFour)], view.History[^1].Masks!);
        Assert.Equal("…8-77", (await script.ReadAsync(user, "number")).Fields["number"]);
        await user.To(script).WithdrawAsync();
        Assert.Null((await user.To(script).GetAsync()).Decision!.Masks);
    }

    [Fact]
    public async Task An_export_names_the_masks_that_were_asked_for_and_decided_on()
    {
        var (_, user, _) = await GiveAsync();
        using var file = new MemoryStream();

        await user.Session.ExportAsync(file);

        var consent = JsonDocument.Parse(file.ToArray()).RootElement.GetProperty("consents")[0];
        foreach (var scope in (JsonElement[])
            [consent.GetProperty("script").GetProperty("text"), consent.GetProperty("decisions")[0]])
            Assert.Equal("EmailDomain", scope.GetProperty("masks").GetProperty("email").GetString());
    }

    [Fact]
    public async Task Every_mask_has_a_notice_of_its_own_and_none_is_none()
    {
        var app = await RegisterAsync();
        var script = app.Script((await AddScriptAsync(app)).Id);
        var first = (await script.GetAsync()).Notice;
        var notices = new HashSet<string> { first };

        foreach (var field in Newsletter.Fields)
            foreach (var mask in Enum.GetValues<FieldMask>())
            {
                await script.AddVersionAsync(Newsletter with { Masks = Only(field, mask) });
                Assert.True(notices.Add((await script.GetAsync()).Notice), $"It stayed the same: {field} {mask}");
            }
        await script.AddVersionAsync(Newsletter with { Masks = new Dictionary<string, FieldMask>() });
        Assert.Equal(first, (await script.GetAsync()).Notice);
    }

    [Fact]
    public async Task A_field_is_masked_on_every_page_of_records_and_the_records_are_whole()
    {
        var (app, user, script) = await GiveAsync();
        for (var i = 0; i < 3; i++)
            await app.User(user.Id).PutRecordAsync("letters", RecordContent.Text($"letter {i}"));

        var (records, sizes) = await AllAsync(async cursor =>
        {
            var selection = new Selection { Fields = ["number"], Collection = "letters", Cursor = cursor, Limit = 2 };
            var reading = await script.ReadAsync(user.Id, selection);
            Assert.Equal("…8-77", reading.Fields["number"]);
            return reading.Records!;
        });

        Assert.Equal([2, 1], sizes);
        Assert.Equal(["letter 0", "letter 1", "letter 2"], records.Select(record => record.Content.AsText()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Masks_outlive_a_restart_and_the_unloading_of_entities(bool restart)
    {
        var (_, user, script) = await GiveAsync();

        if (restart) await Fixture.RestartAsync();
        else await Fixture.UnloadIdleAsync();

        (user, script) = (await AgainAsync(user), await AgainAsync(script));
        Assert.Equal(Masked, await ReadAsync(script, user));
        var view = await user.To(script).GetAsync();
        Assert.Equal(Statistics.Masks.ToHashSet(), view.Decision!.Masks!.ToHashSet());
        Assert.Equal(Statistics.Masks.ToHashSet(), view.Script.Text.Masks.ToHashSet());
    }

    [Fact]
    public async Task Masks_that_are_changed_after_they_were_passed_change_nothing()
    {
        var masks = new Dictionary<string, FieldMask>(Statistics.Masks);
        var app = await RegisterAsync();
        var user = await AddUserAsync(app, Person);
        var script = await AddScriptAsync(app, Statistics with { Masks = masks });
        masks.Clear();
        await user.To(script).GiveAsync();

        Assert.Equal(Masked, await ReadAsync(script, user));
    }

    [Fact]
    public async Task Masks_that_are_none_or_on_nothing_are_invalid_and_register_nothing()
    {
        var app = await RegisterAsync();
        var script = await AddScriptAsync(app, Statistics);
        ScriptText[] refused =
        [
            Statistics with { Masks = null! },
            Statistics with { Masks = Only("phone", FieldMask.LastFour) },
            Statistics with { Masks = Only("letters", FieldMask.LastFour) }, // a collection
            Statistics with { Masks = Only("", FieldMask.LastFour) },
            Statistics with { Masks = Only("name", 0) },
            Statistics with { Masks = Only("name", (FieldMask)5) },
            Statistics with
            {
                Masks = new Dictionary<string, FieldMask>(StringComparer.OrdinalIgnoreCase)
                {
                    ["NAME"] = FieldMask.Initial, // names are compared exactly, whatever the dictionary does
                },
            },
        ];

        foreach (var text in refused)
        {
            await RefusedAsync(ErrorCode.Invalid, () => app.Session.RegisterScriptAsync(text));
            await RefusedAsync(ErrorCode.Invalid, () => app.Script(script.Id).AddVersionAsync(text));
        }
        Assert.Equal([script.Id], (await app.Self.ListScriptsAsync()).Items);
        Assert.Equal(1, (await app.Script(script.Id).GetAsync()).Version);
    }

    /// <summary>None of the values that are masked stands in it.</summary>
    private static void AssertHidden(object shown)
    {
        var json = JsonSerializer.Serialize(shown);
        Assert.Contains(":last4", json);
        Assert.All(
            Person.Where(field => field.Key != "city"),
            field => Assert.DoesNotContain(field.Value, json, StringComparison.OrdinalIgnoreCase));
    }

    private static Dictionary<string, FieldMask> Only(string field, FieldMask mask) => new() { [field] = mask };

    private static async Task<Dictionary<string, string>> ReadAsync(ScriptActor script, UserActor user) =>
        (await script.ReadAsync(user, [.. Statistics.Fields])).Fields.ToDictionary();

    private async Task<(ApplicationActor App, UserActor User, ScriptActor Script)> GiveAsync()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app, Person);
        var script = await AddScriptAsync(app, Statistics);
        await user.To(script).GiveAsync();
        return (app, user, script);
    }
}
