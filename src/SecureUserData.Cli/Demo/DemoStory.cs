using System.Text;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;

namespace SecureUserData.Cli.Demo;

/// <summary>The life of a few people's data, from the first key to a flipped byte.</summary>
internal sealed partial class DemoStory(string folder, DemoSteps steps) : IAsyncDisposable
{
    private const string Purpose = "Remind readers of the books they have borrowed";

    private static readonly IReadOnlyDictionary<string, string> First = DemoPeople.All[0];

    private readonly MasterKeyRing _masters = MasterKeyRing.Parse(MasterKeyRing.Generate());
    private readonly List<CreatedUser> _users = [];
    private readonly List<ISession> _sessions = [];
    private EmbeddedEngine? _engine;
    private Credential _operator = null!;
    private Credential _script = null!;
    private ISession _app = null!;
    private ScriptId _scriptId;

    private EmbeddedEngine Engine => _engine!;

    private IConsent FirstConsent => _sessions[0].Get(new ConsentId(_users[0].Id, _scriptId));

    internal async Task TellAsync()
    {
        await SetUpAsync();
        await CreateAsync();
        await ClaimAsync();
        await ReadAsync();
        await KeepRecordsAsync();
        await RotateAsync();
        await MaskAsync();
        await StopAsync();
        await ChangeScriptAsync();
        await ReadTheOwnLogAsync();
        await ExportAsync();
        await EraseAsync();
        await VerifyTheLogAsync();
        await LookAtTheFilesAsync();
    }

    private async Task SetUpAsync()
    {
        await steps.DoAsync(
            "Set up an installation under a throwaway master key", "its operator signs in", async () =>
            {
                var made = await EmbeddedEngine.CreateAsync(folder, _masters);
                _engine = made.Engine;
                _operator = made.OperatorCredential;
                var session = await Engine.SignInAsync(_operator);
                DemoSteps.Check(session.Identity.Kind == CallerKind.Operator, "somebody else signed in");
                return $"{session.Identity.Id} signed in";
            });
        await steps.DoAsync(
            "Register the application 'City Library', emails unique, surnames indexed", "it signs in", async () =>
            {
                var session = await Engine.SignInAsync(_operator);
                var registered = await session.RegisterApplicationAsync(new ApplicationSettings("City Library")
                {
                    UniqueFields = ["email"],
                    IndexedFields = ["surname"],
                });
                _app = await Engine.SignInAsync(registered.Credential);
                DemoSteps.Check(_app.Identity.Id == registered.Id.ToString(), "somebody else signed in");
                return $"{registered.Id} signed in";
            });
    }

    private async Task CreateAsync()
    {
        await steps.DoAsync(
            $"Create {DemoPeople.All.Count} people who do not exist", "each gets an id and a claim code", async () =>
            {
                foreach (var person in DemoPeople.All) _users.Add(await _app.CreateUserAsync(person));
                DemoSteps.Check(
                    _users.Select(user => user.Id).Distinct().Count() == DemoPeople.All.Count, "ids are missing");
                return $"{_users.Count} users";
            });
        await steps.DoAsync(
            "Create one of them again, the email in capitals", "refused: the email is unique", () =>
                DemoSteps.RefusedAsync(ErrorCode.Conflict, () => _app.CreateUserAsync(
                    new Dictionary<string, string> { ["email"] = First["email"].ToUpperInvariant() })));
        await steps.DoAsync(
            "Look people up by surname, in capitals", "the two who share it, found without storing it", async () =>
            {
                var found = await _app.FindUsersAsync("surname", First["surname"].ToUpperInvariant());
                DemoSteps.Check(found.Items.ToHashSet().SetEquals([_users[0].Id, _users[2].Id]), "others were found");
                return $"{found.Items.Count} users";
            });
        await steps.DoAsync(
            "Read a profile as the application", "refused: it holds the data and never reads it", () =>
                DemoSteps.RefusedAsync(ErrorCode.Denied, () => _app.Get(_users[0].Id).GetAsync()));
    }

    private async Task ClaimAsync()
    {
        await steps.DoAsync(
            "Everybody claims the own credential and reads the own profile",
            "each sees all of the own data", async () =>
            {
                foreach (var (user, person) in _users.Zip(DemoPeople.All))
                {
                    var session = await Engine.SignInAsync(await Engine.ClaimAsync(user.ClaimCode));
                    var profile = await session.Get(user.Id).GetAsync();
                    DemoSteps.Check(profile.Fields.ToHashSet().SetEquals(person), "a profile differs");
                    _sessions.Add(session);
                }
                return $"{_sessions.Count} profiles, as they were put in";
            });
        await steps.DoAsync(
            "Claim a second time with the same code", "refused, so that a stolen code does not go unseen", () =>
                DemoSteps.RefusedAsync(ErrorCode.Conflict, () => Engine.ClaimAsync(_users[0].ClaimCode)));
    }

    private async Task ReadAsync()
    {
        await steps.DoAsync(
            "Register the script 'Reminders' for given_name, email and loans",
            "every user is asked at once", async () =>
            {
                var registered = await _app.RegisterScriptAsync(Text());
                (_scriptId, _script) = (registered.Id, registered.Credential);
                foreach (var (user, session) in _users.Zip(_sessions))
                    DemoSteps.Check(
                        (await session.Get(new OverviewId(user.Id)).ListConsentsAsync()).Items is
                            [{ Status: ConsentStatus.Requested }],
                        "somebody is not asked");
                return $"{_users.Count} users see it as Requested";
            });
        await steps.DoAsync(
            "Read before anybody has decided", "refused", () =>
                DemoSteps.RefusedAsync(ErrorCode.Denied, () => ReadAsync(0, "email")));
        await steps.DoAsync(
            "The first user gives consent", "Given, for what the script asks and no more", async () =>
            {
                var given = await FirstConsent.GiveAsync();
                DemoSteps.Check(given.Status == ConsentStatus.Given, $"it is {given.Status}");
                return $"{given.Status}: {string.Join(", ", given.Decision!.Fields)}";
            });
        await steps.DoAsync(
            "Read what was given", "the values that were put in", async () =>
            {
                var reading = await ReadAsync(0, "given_name", "email");
                DemoSteps.Check(
                    reading.Fields.Count == 2 && reading.Fields.All(field => First[field.Key] == field.Value),
                    "they differ");
                return string.Join(", ", reading.Fields.Select(field => $"{field.Key}={field.Value}"));
            });
        await steps.DoAsync(
            "Read the phone number, which was not given", "refused", () =>
                DemoSteps.RefusedAsync(ErrorCode.Denied, () => ReadAsync(0, "email", "phone")));
        await steps.DoAsync(
            "Read another user, who has not decided", "refused", () =>
                DemoSteps.RefusedAsync(ErrorCode.Denied, () => ReadAsync(1, "email")));
    }

    private static ScriptText Text(params string[] more) => new("Reminders", Purpose, LegalBasis.Consent)
    {
        Fields = ["given_name", "email", .. more],
        Collections = ["loans"],
        Retention = "P1D",
    };

    private async Task<Reading> ReadAsync(int user, params string[] fields)
    {
        var session = await Engine.SignInAsync(_script);
        return await session.Get(new ConsentId(_users[user].Id, _scriptId))
            .ReadAsync(new Selection { Fields = fields });
    }

    private static IEnumerable<byte[]> Values() => DemoPeople.All
        .SelectMany(person => person.Values)
        .Append(DemoPeople.Loan)
        .Append("The Cartographer's Umbrella")
        .Select(Encoding.UTF8.GetBytes);

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null) await _engine.DisposeAsync();
        _masters.Dispose();
    }
}
