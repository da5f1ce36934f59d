using System.Text;
using System.Text.Json;
using SecureUserData.AccessLog;
using SecureUserData.Entities;
using SecureUserData.Processing;

namespace SecureUserData.Tests.Users;

/// <summary>How masks are stored, and what was stored before there were any.</summary>
public sealed class StoredMaskTests
{
    private const string App = "app_01jd5tq9rkf0r8hxm2n4vwczye";

    private const string Decision =
        """{"status":2,"scriptVersion":1,"notice":"n","fields":["email"],"collections":[]""" +
        ""","capacity":1,"at":"2026-03-01T09:00:00+00:00"}""";

    [Fact]
    public void A_decision_without_masks_is_stored_as_before_there_were_any()
    {
        var row = $$"""{"at":1,"by":"{{App}}","act":20,"decision":{{Decision}}}""";
        var entry = LogEntry.Parse(Encoding.UTF8.GetBytes(row), "a row");
        Assert.Null(entry.Decision!.Masks);
        Assert.Equal(row, Encoding.UTF8.GetString(entry.ToBody()));

        var state = $$"""{"app":"{{App}}","purpose":"p","decisions":[{{Decision}}]}""";
        var read = JsonSerializer.Deserialize(state, StateJson.Default.ConsentState)!;
        Assert.Null(read.Decisions[0].Masks);
        Assert.Equal(state, JsonSerializer.Serialize(read, StateJson.Default.ConsentState));
    }

    [Fact]
    public void A_decision_with_masks_keeps_them_by_number()
    {
        var masks = new Dictionary<string, FieldMask> { ["email"] = FieldMask.EmailDomain };
        var entry = LogEntry.Parse(Encoding.UTF8.GetBytes($$"""{"by":"{{App}}","decision":{{Decision}}}"""), "a row");
        var body = (entry with { Decision = entry.Decision! with { Masks = masks } }).ToBody();
        Assert.Contains(""","masks":{"email":4}}""", Encoding.UTF8.GetString(body));
        Assert.Equal(masks, LogEntry.Parse(body, "a row").Decision!.Masks!);
    }

    [Fact]
    public void A_script_that_was_stored_before_there_were_masks_has_none()
    {
        const string Text = """{"name":"N","purpose":"p","legalBasis":1,"fields":["email"],"collections":[]"""
            + ""","recipients":[],"retention":"P1D"}""";
        var state = JsonSerializer.Deserialize(
            $$"""{"app":"{{App}}","verifier":"","versions":[{"text":{{Text}},"registeredAt":"2026-03-01T09:00Z"}]}""",
            StateJson.Default.ScriptState)!;
        var text = state.Versions[0].Text;
        Assert.Empty(text.Masks);
        Assert.Equal(["email"], text.Fields);
        Assert.Equal(1, ScriptPolicy.NarrowsSince([
            state.Versions[0],
            new(text with { Masks = new Dictionary<string, FieldMask> { ["email"] = FieldMask.Initial } }, default),
        ]));
        Assert.Equal(ScriptPolicy.Notice(text), ScriptPolicy.Notice(text with { Masks = MaskScope.None }));
    }
}
