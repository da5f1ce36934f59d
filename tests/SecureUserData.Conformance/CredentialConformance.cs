using SecureUserData.Access;

namespace SecureUserData.Conformance;

/// <summary>Signing in, and how long a session lives.</summary>
public abstract class CredentialConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    [Fact]
    public async Task A_mistyped_credential_is_invalid_and_not_denied()
    {
        var right = ForgedCredential.Make("usr", UserId.Parse("usr_06f8a6v3ghr8m2k7c0d5e9t1nb").ToString()).Reveal();
        await RefusedAsync(ErrorCode.Denied, () => Engine.SignInAsync(new Credential(right))); // well written

        for (var at = 0; at < right.Length; at++)
        {
            var mistyped = right[..at] + (right[at] == 'x' ? 'y' : 'x') + right[(at + 1)..];
            await RefusedAsync(ErrorCode.Invalid, () => Engine.SignInAsync(new Credential(mistyped)));
        }
        foreach (var text in (string[])["", "sud", "sud_usr__", right[..^1], right + "0", right.ToUpperInvariant()])
            await RefusedAsync(ErrorCode.Invalid, () => Engine.SignInAsync(new Credential(text)));
    }

    [Fact]
    public async Task A_credential_copied_with_spaces_around_it_works()
    {
        var app = await RegisterAsync();

        var session = await Engine.SignInAsync(new Credential($"\t{app.Credential.Reveal()} \n"));

        Assert.Equal(app.Id, session.Identity.App);
    }

    [Fact]
    public async Task A_wrong_secret_answers_like_an_unknown_owner()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var script = await AddScriptAsync(app);
        var operators = (await OperatorAsync()).Identity.Id;
        (string Kind, string Known, string Unknown)[] owners =
        [
            ("app", app.Id.ToString(), AppId.New().ToString()),
            ("usr", user.Id.ToString(), UserId.New().ToString()),
            ("scr", script.Id.ToString(), ScriptId.New().ToString()),
            ("op", operators, OperatorId.New().ToString()),
        ];

        foreach (var (kind, known, unknown) in owners)
        {
            var one = await RefusedAsync(
                ErrorCode.Denied, () => Engine.SignInAsync(ForgedCredential.Make(kind, known)));
            var other = await RefusedAsync(
                ErrorCode.Denied, () => Engine.SignInAsync(ForgedCredential.Make(kind, unknown)));
            Assert.Equal(other.Message, one.Message);
        }
    }

    [Fact]
    public async Task A_claim_code_does_not_sign_in_and_a_credential_does_not_claim()
    {
        var app = await RegisterAsync();
        var created = await app.Session.CreateUserAsync(Ada);

        await RefusedAsync(ErrorCode.Invalid, () => Engine.SignInAsync(created.ClaimCode));
        await RefusedAsync(ErrorCode.Invalid, () => Engine.ClaimAsync(app.Credential));

        var credential = await Engine.ClaimAsync(created.ClaimCode);
        await RefusedAsync(ErrorCode.Invalid, () => Engine.ClaimAsync(credential));
    }

    [Fact]
    public async Task A_session_goes_on_as_long_as_its_credential_is_valid()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);

        for (var i = 0; i < 5; i++)
        {
            Clock.Advance(Authentication.Lifetime);
            Assert.Equal("Ada Lovelace", (await user.Self.GetAsync()).Fields["name"]);
        }
    }

    [Fact]
    public async Task A_credential_that_was_taken_back_is_refused_everywhere_after_the_lifetime_of_a_session()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var script = await AddScriptAsync(app);
        await user.Self.GetAsync();

        await (await OperatorAsync()).Get(user.Id).ReissueCredentialAsync();
        Clock.Advance(Authentication.Lifetime);

        await RefusedAsync(ErrorCode.Denied, () => user.Self.GetAsync());
        await RefusedAsync(ErrorCode.Denied, () => user.Self.ReadLogAsync());
        await RefusedAsync(ErrorCode.Denied, () => user.To(script).GiveAsync());
        await RefusedAsync(ErrorCode.Denied, () => user.Overview.ListConsentsAsync());
        await RefusedAsync(ErrorCode.Denied, () => Engine.SignInAsync(user.Credential));
    }

    [Fact]
    public async Task A_refused_session_stays_refused()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var code = await (await OperatorAsync()).Get(user.Id).ReissueCredentialAsync();
        Clock.Advance(Authentication.Lifetime);
        await RefusedAsync(ErrorCode.Denied, () => user.Self.GetAsync());

        var credential = await Engine.ClaimAsync(code); // a new credential does not revive the old one's session

        await RefusedAsync(ErrorCode.Denied, () => user.Self.GetAsync());
        await RefusedAsync(ErrorCode.Denied, () => user.Overview.ListConsentsAsync());
        var again = user with { Session = await Engine.SignInAsync(credential) };
        Assert.Equal("Ada Lovelace", (await again.Self.GetAsync()).Fields["name"]);
    }

    [Fact]
    public async Task A_scripts_session_learns_of_a_new_version_within_its_lifetime()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var script = await AddScriptAsync(app);
        await user.To(script).GiveAsync();
        await app.Script(script.Id).AddVersionAsync(Newsletter with { Purpose = "Something else" });

        Clock.Advance(Authentication.Lifetime);

        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "name"));
        Assert.Equal(ConsentStatus.Invalidated, (await user.To(script).GetAsync()).Status);
    }

    [Fact]
    public async Task Credentials_hide_their_secret_and_name_their_owner()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);

        Assert.DoesNotContain("sud_", user.Credential.ToString(), StringComparison.Ordinal);
        Assert.StartsWith($"sud_usr_{user.Id.ToString()[4..]}_", user.Credential.Reveal(), StringComparison.Ordinal);
        Assert.StartsWith($"sud_app_{app.Id.ToString()[4..]}_", app.Credential.Reveal(), StringComparison.Ordinal);
    }
}
