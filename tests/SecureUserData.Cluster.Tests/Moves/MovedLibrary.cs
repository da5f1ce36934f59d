using SecureUserData.Conformance;

namespace SecureUserData.Cluster.Tests.Moves;

/// <summary>A library with users of every kind, and what it answers.</summary>
internal sealed class MovedLibrary
{
    private readonly List<string> _log = [];
    private ApplicationActor _app = null!;
    private ScriptActor _script = null!;
    private UserActor _ada = null!;
    private UserActor _bob = null!;
    private UserActor _cyd = null!;
    private UserActor _dan = null!;

    internal UserActor Cyd => _cyd;

    /// <summary>Fills an installation; a year goes by.</summary>
    internal static async Task<MovedLibrary> FillAsync(ISecureUserData engine, Credential admin, FakeClock clock)
    {
        var library = new MovedLibrary();
        await library.RegisterAsync(engine, admin);
        await library._app.RotationOf().SetScheduleAsync(new RotationSchedule { ApplicationKey = null });
        await library._ada.Self.SetFieldAsync("city", "Bath");
        await library._ada.Self.SetFieldAsync("city", "Wells");
        clock.Advance(TimeSpan.FromDays(366));
        await library._ada.Self.SetFieldAsync("city", "York");
        await library._ada.Self.SetFieldAsync("city", "Hull");
        await library._app.Session.Get(new RetentionId(library._app.Id)).RunToEndAsync();
        await library._app.RotateAsync(KeyKind.Application, clock);
        for (var letter = 0; letter < 3; letter++)
            await library._app.Session.Get(library._ada.Id)
                .PutRecordAsync("letters", RecordContent.Text($"letter {letter}"));
        await library._ada.To(library._script).GiveAsync();
        await library._bob.To(library._script).GiveAsync();
        await library._bob.To(library._script).WithdrawAsync();
        var view = await library._cyd.To(library._script).GetAsync();
        await library._cyd.To(library._script).GiveAsync(
            new ConsentGrant(view.Script.Notice) { Expires = clock.GetUtcNow() + TimeSpan.FromDays(40) });
        await library._app.Session.EraseAsync(library._dan.Id);
        library._log.AddRange(await library.LogAsync(engine));
        return library;
    }

    /// <summary>What it answers, in words; signed in anew.</summary>
    internal async Task<IReadOnlyList<string>> AnswersAsync(ISecureUserData engine)
    {
        var app = await engine.SignInAsync(_app.Credential);
        var script = await engine.SignInAsync(_script.Credential);
        var ada = (await engine.SignInAsync(_ada.Credential)).Get(_ada.Id);
        var letters = await ada.ListRecordsAsync("letters");
        List<string> answers =
        [
            .. (await ada.GetAsync()).Fields.OrderBy(field => field.Key).Select(field => $"{field.Key} {field.Value}"),
            .. (await ada.GetHistoryAsync("city")).Select(version => $"{version}"),
        ];
        foreach (var letter in letters.Items)
            answers.Add($"{letter.Id} {(await ada.GetRecordAsync("letters", letter.Id)).Content.AsText()}");
        var lookUps = app.Get(new LookUpsId(_app.Id, 7)); // whose chain goes on where it moves to
        answers.Add($"{(await lookUps.FindUsersAsync("email", "bob@example.org")).Items.Single()}");
        var first = (await lookUps.ReadLogAsync(limit: 1)).Single();
        answers.Add($"{first.Chain} {first.Sequence} {first.At:O} {first.Activity}");
        answers.Add(string.Join(", ", (await app.Get(_app.Id).ListUsersAsync()).Items));
        foreach (var user in (UserActor[])[_ada, _bob, _cyd, _dan])
            answers.Add(await AnswerAsync(async () => (await script.Get(new ConsentId(user.Id, _script.Id))
                .ReadAsync(new Selection { Fields = ["email"] })).Fields["email"]));
        answers.Add(await AnswerAsync(async () => (await app.Get(_dan.Id).GetAsync()).ToString()));
        Assert.Equal(_log, (await LogAsync(engine)).Take(_log.Count));
        return answers;
    }

    private async Task RegisterAsync(ISecureUserData engine, Credential admin)
    {
        var app = await (await engine.SignInAsync(admin)).RegisterApplicationAsync(
            new ApplicationSettings("City Library")
            {
                UniqueFields = ["email"],
                IndexedFields = ["city"],
                Retention = new RetentionRules { Log = TimeSpan.FromDays(365) },
            });
        _app = new ApplicationActor(app.Id, app.Credential, await engine.SignInAsync(app.Credential));
        var script = await _app.Session.RegisterScriptAsync(
            new ScriptText("Newsletter", "Send the monthly letter", LegalBasis.Consent) { Fields = ["email"] });
        _script = new ScriptActor(script.Id, script.Credential, await engine.SignInAsync(script.Credential));
        (_ada, _bob) = (await AddAsync(engine, "ada"), await AddAsync(engine, "bob"));
        (_cyd, _dan) = (await AddAsync(engine, "cyd"), await AddAsync(engine, "dan"));
    }

    private async Task<UserActor> AddAsync(ISecureUserData engine, string name)
    {
        var created = await _app.Session.CreateUserAsync(
            new Dictionary<string, string> { ["name"] = name, ["email"] = $"{name}@example.org", ["city"] = "London" });
        var credential = await engine.ClaimAsync(created.ClaimCode);
        return new UserActor(created.Id, credential, await engine.SignInAsync(credential));
    }

    private async Task<List<string>> LogAsync(ISecureUserData engine)
    {
        var log = new List<string>();
        var ada = (await engine.SignInAsync(_ada.Credential)).Get(_ada.Id);
        foreach (var entry in await ada.ReadLogAsync(0, 50))
            log.Add($"{entry.Sequence} {entry.At:O} {entry.Activity} {string.Join(' ', entry.Names)}");
        return log;
    }

    private static async Task<string> AnswerAsync(Func<Task<string>> ask)
    {
        try
        {
            return await ask();
        }
        catch (SecureUserDataException refusal)
        {
            return refusal.Code.ToString();
        }
    }
}
