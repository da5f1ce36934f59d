namespace SecureUserData.Conformance;

/// <summary>What becomes of decisions and sessions when a script's masks change.</summary>
public abstract class MaskVersionConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    /// <summary>The name whole, the address masked.</summary>
    private static readonly ScriptText Domain = Newsletter with { Masks = Masks(("email", FieldMask.EmailDomain)) };

    private static readonly ScriptText Both =
        Newsletter with { Masks = Masks(("email", FieldMask.EmailDomain), ("name", FieldMask.Initial)) };

    public static TheoryData<string, ScriptText> WideningVersions => new()
    {
        { "the mask taken away", Newsletter },
        { "another mask", Newsletter with { Masks = Masks(("email", FieldMask.LastFour)) } },
        { "a mask more, another mask",
            Newsletter with { Masks = Masks(("email", FieldMask.Initial), ("name", FieldMask.Initial)) } },
        { "the mask moved to another field", Newsletter with { Masks = Masks(("name", FieldMask.Initial)) } },
        { "less scope, and the mask taken away", Newsletter with { Fields = ["email"] } },
        { "a masked field more", Domain with
            {
                Fields = ["email", "name", "city"],
                Masks = Masks(("email", FieldMask.EmailDomain), ("city", FieldMask.Initial)),
            }
        },
    };

    [Theory]
    [MemberData(nameof(WideningVersions), DisableDiscoveryEnumeration = true)]
    public async Task A_version_that_unmasks_or_masks_otherwise_invalidates_the_decision(string what, ScriptText text)
    {
        var (app, user, script) = await GiveAsync(Domain);
        await app.Script(script.Id).AddVersionAsync(text);
        script = await AgainAsync(script);

        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "email"));

        var view = await user.To(script).GetAsync();
        Assert.True(view.Status == ConsentStatus.Invalidated, what);
        Assert.Null(view.Decision!.Masks);
        await user.To(script).GiveAsync();
        Assert.Single((await script.ReadAsync(user, "email")).Fields);
    }

    [Fact]
    public async Task A_mask_on_a_field_that_was_whole_narrows_and_the_decision_has_it_from_then_on()
    {
        var (app, user, script) = await GiveAsync(Newsletter);
        Assert.Equal(("Ada Lovelace", "ada@example.org"), await ReadAsync(script, user));

        await app.Script(script.Id).AddVersionAsync(Domain);
        script = await AgainAsync(script);
        Assert.Equal(("Ada Lovelace", "example.org"), await ReadAsync(script, user));
        await app.Script(script.Id).AddVersionAsync(Both);
        script = await AgainAsync(script);
        Assert.Equal(("A.", "example.org"), await ReadAsync(script, user));

        var view = await user.To(script).GetAsync();
        Assert.Equal((ConsentStatus.Given, 3, view.Script.Notice),
            (view.Status, view.Decision!.ScriptVersion, view.Decision.Notice));
        Assert.Equal(Both.Masks.ToHashSet(), view.Decision.Masks!.ToHashSet());
        Assert.Equal([0, 1, 2], view.History.Select(decision => decision.Masks?.Count ?? 0));
    }

    [Fact]
    public async Task Several_versions_at_once_narrow_only_if_each_does()
    {
        var (app, user, script) = await GiveAsync(Newsletter);
        await app.Script(script.Id).AddVersionAsync(Both);
        await app.Script(script.Id).AddVersionAsync(
            Newsletter with { Fields = ["name"], Masks = Masks(("name", FieldMask.Initial)) });
        Assert.Equal(
            [new("name", FieldMask.Initial)], (await user.To(script).GetAsync()).Decision!.Masks!);

        var (again, other, second) = await GiveAsync(Newsletter);
        await again.Script(second.Id).AddVersionAsync(Both);
        await again.Script(second.Id).AddVersionAsync(Newsletter); // as at first, yet not what was in force last
        Assert.Equal(ConsentStatus.Invalidated, (await other.To(second).GetAsync()).Status);
    }

    [Fact]
    public async Task A_narrowing_version_masks_what_was_given_in_part_and_gives_no_more()
    {
        var (app, user, script) = await GiveAsync(Newsletter, "name");

        await app.Script(script.Id).AddVersionAsync(Both);

        script = await AgainAsync(script);
        Assert.Equal("A.", (await script.ReadAsync(user, "name")).Fields["name"]);
        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "email"));
        Assert.Equal([new("name", FieldMask.Initial)], (await user.To(script).GetAsync()).Decision!.Masks!);
    }

    [Fact]
    public async Task A_refusal_outlives_a_mask_and_holds_none()
    {
        var app = await RegisterAsync();
        var (user, script) = (await AddUserAsync(app), await AddScriptAsync(app));
        await user.To(script).RefuseAsync();

        await app.Script(script.Id).AddVersionAsync(Domain);

        var view = await user.To(script).GetAsync();
        Assert.Equal((ConsentStatus.Refused, 2), (view.Status, view.Decision!.ScriptVersion));
        Assert.Null(view.Decision.Masks);
    }

    [Fact]
    public async Task A_mask_that_comes_while_a_script_is_signed_in_lets_the_old_session_read_nothing_whole()
    {
        var (app, user, script) = await GiveAsync(Newsletter);
        await app.Script(script.Id).AddVersionAsync(Domain);
        await user.To(script).GetAsync(); // brings the decision to version 2

        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "email"));

        Assert.Equal("version", (await LogAsync(user))[^1].Reason);
        Assert.Equal(("Ada Lovelace", "example.org"), await ReadAsync(await AgainAsync(script), user));
        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "email"));
    }

    [Fact]
    public async Task A_mask_that_is_taken_away_while_a_script_is_signed_in_holds_until_the_user_decides_anew()
    {
        var (app, user, script) = await GiveAsync(Domain);
        await app.Script(script.Id).AddVersionAsync(Newsletter);

        Assert.Equal(("Ada Lovelace", "example.org"), await ReadAsync(script, user)); // as decided
        var renewed = await AgainAsync(script);
        await RefusedAsync(ErrorCode.Denied, () => renewed.ReadAsync(user, "email"));
        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "email"));

        await user.To(script).GiveAsync();
        Assert.Equal(("Ada Lovelace", "ada@example.org"), await ReadAsync(renewed, user));
        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "email"));
    }

    [Fact]
    public async Task A_withdrawal_ends_masked_readings_of_a_session_too()
    {
        var (_, user, script) = await GiveAsync(Both);
        Assert.Equal(("A.", "example.org"), await ReadAsync(script, user));

        await user.To(script).WithdrawAsync();

        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "email"));
        var refused = (await LogAsync(user))[^1];
        Assert.Equal((Activity.ReadRefused, "withdrawn"), (refused.Activity, refused.Reason));
        Assert.Equal(["field/email"], refused.Names); // what was asked for: nothing was read, masked or not
    }

    [Fact]
    public async Task Readings_while_masks_come_and_go_give_what_was_in_force_and_never_more()
    {
        var (app, user, script) = await GiveAsync(Both);

        var readings = Task.Run(async () =>
        {
            var seen = new HashSet<string>();
            for (var i = 0; i < 50; i++)
                try
                {
                    seen.UnionWith((await (await AgainAsync(script)).ReadAsync(user, "name", "email")).Fields.Values);
                }
                catch (SecureUserDataException e) when (e.Code == ErrorCode.Denied)
                {
                    // the decision was about an older version
                }
            return seen;
        });
        for (var round = 0; round < 300 && !readings.IsCompleted; round++)
        {
            await app.Script(script.Id).AddVersionAsync(Newsletter); // whole, and never given
            await app.Script(script.Id).AddVersionAsync(Both);
            await user.To(script).RefuseAsync();
            var view = await user.To(script).GetAsync();
            await user.To(script).GiveAsync(new ConsentGrant(view.Script.Notice));
        }

        Assert.Subset(new HashSet<string> { "A.", "example.org" }, await readings);
        Assert.Equal(("A.", "example.org"), await ReadAsync(await AgainAsync(script), user));
    }

    private static Dictionary<string, FieldMask> Masks(params (string Field, FieldMask Mask)[] masks) =>
        masks.ToDictionary(mask => mask.Field, mask => mask.Mask);

    private static async Task<(string Name, string Email)> ReadAsync(ScriptActor script, UserActor user)
    {
        var fields = (await script.ReadAsync(user, "name", "email")).Fields;
        return (fields["name"], fields["email"]);
    }

    /// <summary>A user who has given the script all it asks for, or these of its fields.</summary>
    private async Task<(ApplicationActor App, UserActor User, ScriptActor Script)> GiveAsync(
        ScriptText text, params string[] fields)
    {
        var app = await RegisterAsync();
        var (user, script) = (await AddUserAsync(app), await AddScriptAsync(app, text));
        var notice = (await user.To(script).GetAsync()).Script.Notice;
        await user.To(script).GiveAsync(new ConsentGrant(notice) { Fields = fields.Length == 0 ? null : fields });
        return (app, user, script);
    }
}
