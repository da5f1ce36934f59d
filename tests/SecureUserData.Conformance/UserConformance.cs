namespace SecureUserData.Conformance;

/// <summary>Creating users, their claim codes and their fields.</summary>
public abstract class UserConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    [Fact]
    public async Task A_user_who_has_claimed_reads_the_profile()
    {
        var app = await RegisterAsync();
        var created = await app.Session.CreateUserAsync(Ada);
        var createdAt = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromMinutes(1));
        var credential = await Engine.ClaimAsync(created.ClaimCode);

        var session = await Engine.SignInAsync(credential);
        var profile = await session.Get(created.Id).GetAsync();

        Assert.Equal(new Identity(CallerKind.User, created.Id.ToString(), app.Id), session.Identity);
        Assert.Equal(created.Id, profile.Id);
        Assert.Equal(app.Id, profile.App);
        Assert.Equal(Ada, profile.Fields.ToDictionary());
        Assert.Equal(createdAt, profile.CreatedAt);
        Assert.Equal(createdAt.AddMinutes(1), profile.ClaimedAt);
        Assert.False(profile.Paused);
    }

    [Fact]
    public async Task A_second_claim_fails_visibly_and_is_on_record()
    {
        var app = await RegisterAsync();
        var created = await app.Session.CreateUserAsync(Ada);
        var credential = await Engine.ClaimAsync(created.ClaimCode);

        var refusal = await RefusedAsync(ErrorCode.Conflict, () => Engine.ClaimAsync(created.ClaimCode));

        Assert.Contains("claimed on", refusal.Message);
        var user = new UserActor(created.Id, credential, await Engine.SignInAsync(credential)); // the first one holds
        var log = await LogAsync(user);
        Assert.Equal(
            [Activity.UserCreated, Activity.CredentialClaimed, Activity.ClaimRefused], log.Select(e => e.Activity));
        Assert.Equal("claimed before", log[2].Reason);
    }

    [Fact]
    public async Task Of_many_claims_at_once_exactly_one_gets_the_credential()
    {
        var app = await RegisterAsync();
        var created = await app.Session.CreateUserAsync(Ada);

        var claims = Enumerable.Range(0, 16).Select(_ => Engine.ClaimAsync(created.ClaimCode)).ToList();
        await Task.WhenAll(claims.Select(claim => claim.ContinueWith(_ => { }, TaskScheduler.Default)));

        var claimed = Assert.Single(claims, claim => claim.IsCompletedSuccessfully);
        foreach (var claim in claims.Where(claim => claim != claimed))
            await RefusedAsync(ErrorCode.Conflict, () => claim);
        var user = new UserActor(created.Id, await claimed, await Engine.SignInAsync(await claimed));
        var log = await LogAsync(user);
        Assert.Equal(15, log.Where(entry => entry.Activity == Activity.ClaimRefused).Sum(entry => entry.Count));
    }

    [Fact]
    public async Task A_wrong_claim_code_is_denied_and_on_record()
    {
        var app = await RegisterAsync();
        var created = await app.Session.CreateUserAsync(Ada);

        var known = await RefusedAsync(
            ErrorCode.Denied, () => Engine.ClaimAsync(ForgedCredential.Make("claim", created.Id.ToString())));
        var unknown = await RefusedAsync(
            ErrorCode.Denied, () => Engine.ClaimAsync(ForgedCredential.Make("claim", UserId.New().ToString())));

        Assert.Equal(unknown.Message, known.Message);
        var credential = await Engine.ClaimAsync(created.ClaimCode); // the right one still works
        var log = await LogAsync(new UserActor(created.Id, credential, await Engine.SignInAsync(credential)));
        Assert.Equal(Activity.ClaimRefused, log[1].Activity);
        Assert.Equal("wrong code", log[1].Reason);
    }

    [Fact]
    public async Task A_reissued_credential_is_claimed_anew_and_the_users_log_says_who_did_it()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var session = await OperatorAsync();

        var code = await session.Get(user.Id).ReissueCredentialAsync();

        await RefusedAsync(ErrorCode.Denied, () => Engine.SignInAsync(user.Credential));
        var credential = await Engine.ClaimAsync(code);
        await RefusedAsync(ErrorCode.Denied, () => Engine.SignInAsync(user.Credential));
        var log = await LogAsync(user with { Session = await Engine.SignInAsync(credential) });
        Assert.Equal(
            [Activity.CredentialReissued, Activity.CredentialClaimed], log[^2..].Select(entry => entry.Activity));
        Assert.Equal(session.Identity.Id, log[^2].Actor);
    }

    [Fact]
    public async Task A_claim_code_from_before_a_reissue_does_not_work_any_more()
    {
        var app = await RegisterAsync();
        var created = await app.Session.CreateUserAsync(Ada);

        var code = await (await OperatorAsync()).Get(created.Id).ReissueCredentialAsync();

        await RefusedAsync(ErrorCode.Denied, () => Engine.ClaimAsync(created.ClaimCode));
        await Engine.ClaimAsync(code);
    }

    [Fact]
    public async Task Fields_are_set_changed_and_removed_by_the_user_and_by_the_application()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);

        await user.Self.SetFieldsAsync(new Dictionary<string, string?> { ["phone"] = "+44 20", ["city"] = "Bath" });
        await app.User(user.Id).SetFieldsAsync(
            new Dictionary<string, string?> { ["name"] = "Countess", ["phone"] = null });

        var fields = (await user.Self.GetAsync()).Fields.ToDictionary();
        Assert.Equal(
            new() { ["name"] = "Countess", ["email"] = "ada@example.org", ["city"] = "Bath" }, fields);
        var set = (await LogAsync(user)).Where(entry => entry.Activity == Activity.FieldsSet).ToList();
        Assert.Equal([user.Id.ToString(), app.Id.ToString()], set.Select(entry => entry.Actor));
        Assert.Equal(["field/city", "field/phone"], set[0].Names.Order());
        Assert.Equal(["field/name", "field/phone"], set[1].Names.Order());
    }

    [Fact]
    public async Task Values_come_back_as_they_were_written()
    {
        var app = await RegisterAsync();
        var written = new Dictionary<string, string>
        {
            ["decomposed"] = "e\u0301",
            ["emoji"] = "👩🏽‍🚀",
            ["lines"] = "one\r\ntwo\0",
            ["replacement"] = "\uFFFD",
            ["Straße 1.a_b-c"] = " outer spaces ",
        };

        var user = await AddUserAsync(app, written);

        Assert.Equal(written, (await user.Self.GetAsync()).Fields.ToDictionary());
    }

    [Fact]
    public async Task Fields_beyond_a_limit_are_invalid_and_change_nothing()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var large = new string('x', Limits.FieldValueBytes);
        Dictionary<string, string?>[] refused =
        [
            [],
            new() { [""] = "value" },
            new() { [new string('n', Limits.NameLength + 1)] = "value" },
            new() { [" outer"] = "value" },
            new() { ["a/b"] = "value" },
            new() { ["bell\a"] = "value" },
            new() { ["empty"] = "" },
            new() { ["blank"] = " \t " },
            new() { ["large"] = large + "x" },
            new() { ["large in UTF-8"] = new string('ä', Limits.FieldValueBytes / 2 + 1) },
            new() { ["half"] = "half a surrogate pair \uD83D" },
            new() { ["half"] = "with a real replacement character \uFFFD and half a pair \uDC00" },
            new() { ["no character"] = "cannot be normalised \uFFFE" },
            Enumerable.Range(0, Limits.FieldsPerUser + 1).ToDictionary(i => $"field {i}", string? (i) => "value"),
            Enumerable.Range(0, Limits.FieldsPerUser - 2).ToDictionary(i => $"field {i}", string? (i) => "value"),
            Enumerable.Range(0, 16).ToDictionary(i => $"large {i}", string? (_) => large),
            new() { ["city"] = "Bath", ["blank"] = "" },
        ];

        foreach (var changes in refused)
            await RefusedAsync(ErrorCode.Invalid, () => user.Self.SetFieldsAsync(changes));
        await RefusedAsync(ErrorCode.Invalid, () => user.Self.SetFieldsAsync(null!));

        Assert.Equal(Ada, (await user.Self.GetAsync()).Fields.ToDictionary());
    }

    [Fact]
    public async Task Fields_at_the_limits_are_kept()
    {
        var app = await RegisterAsync();
        var many = Enumerable.Range(0, Limits.FieldsPerUser)
            .ToDictionary(i => $"field {i}".PadRight(64, 'x'), i => $"{i}");
        var large = Enumerable.Range(0, Limits.ProfileBytes / Limits.FieldValueBytes)
            .ToDictionary(i => $"field {i}", i => new string((char)('a' + i), Limits.FieldValueBytes));

        foreach (var fields in (Dictionary<string, string>[])[many, large])
            Assert.Equal(fields, (await (await AddUserAsync(app, fields)).Self.GetAsync()).Fields.ToDictionary());
    }

    [Fact]
    public async Task A_profile_that_breaks_a_limit_creates_nobody()
    {
        var app = await RegisterAsync();

        await RefusedAsync(ErrorCode.Invalid, () => app.Session.CreateUserAsync(new Dictionary<string, string>()));
        await RefusedAsync(ErrorCode.Invalid, () => app.Session.CreateUserAsync(null!));
        await RefusedAsync(
            ErrorCode.Invalid,
            () => app.Session.CreateUserAsync(new Dictionary<string, string> { ["email"] = "ada", ["name"] = null! }));

        Assert.Empty((await app.Self.ListUsersAsync()).Items);
        await app.Session.CreateUserAsync(new Dictionary<string, string> { ["email"] = "ada" }); // nothing was claimed
    }

    [Fact]
    public async Task A_taken_id_is_a_conflict_and_its_user_stays_who_it_is()
    {
        var app = await RegisterAsync();
        var foreign = await RegisterAsync();
        var user = await AddUserAsync(app);
        var fields = new Dictionary<string, string> { ["name"] = "Eve" };

        var own = await RefusedAsync(ErrorCode.Conflict, () => app.User(user.Id).CreateAsync(fields));
        var others = await RefusedAsync(ErrorCode.Conflict, () => foreign.User(user.Id).CreateAsync(fields));

        Assert.Equal(own.Message, others.Message);
        Assert.Equal("Ada Lovelace", (await user.Self.GetAsync()).Fields["name"]);
    }
}
