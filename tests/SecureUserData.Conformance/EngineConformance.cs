namespace SecureUserData.Conformance;

/// <summary>What the tests of every area begin with. A class of the suite is derived once for each engine.</summary>
public abstract class EngineConformance(EngineFixture fixture)
{
    /// <summary>How long a test waits, in real time, for what the engine does by itself.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    protected static readonly ApplicationSettings Settings = new("City Library")
    {
        UniqueFields = ["email"],
        IndexedFields = ["city"],
    };

    protected static readonly ScriptText Newsletter =
        new("Newsletter", "Send the monthly letter", LegalBasis.Consent)
        {
            Fields = ["email", "name"],
            Collections = ["letters"],
            Recipients = ["Print Shop Ltd"],
            Retention = "P30D",
        };

    protected static readonly Dictionary<string, string> Ada = new()
    {
        ["name"] = "Ada Lovelace",
        ["email"] = "ada@example.org",
        ["city"] = "London",
    };

    protected EngineFixture Fixture => fixture;

    protected ISecureUserData Engine => fixture.Engine;

    protected FakeClock Clock => fixture.Clock;

    protected Task<ISession> OperatorAsync() => Engine.SignInAsync(fixture.OperatorCredential);

    protected async Task<ApplicationActor> RegisterAsync(ApplicationSettings? settings = null)
    {
        var registered = await (await OperatorAsync()).RegisterApplicationAsync(settings ?? Settings);
        return new(registered.Id, registered.Credential, await Engine.SignInAsync(registered.Credential));
    }

    /// <summary>For tests in which years pass and that count what is met.</summary>
    protected static Task RotateNothingAsync(ApplicationActor app) =>
        app.Session.Get(new RotationId(app.Id)).SetScheduleAsync(new RotationSchedule { ApplicationKey = null });

    protected async Task<UserActor> AddUserAsync(
        ApplicationActor app, IReadOnlyDictionary<string, string>? fields = null)
    {
        var created = await app.Session.CreateUserAsync(fields ?? Ada);
        var credential = await Engine.ClaimAsync(created.ClaimCode);
        return new(created.Id, credential, await Engine.SignInAsync(credential));
    }

    /// <summary>A user without an e-mail address, of whom there can be many.</summary>
    protected Task<UserActor> AddNamedUserAsync(ApplicationActor app, string name) =>
        AddUserAsync(app, new Dictionary<string, string> { ["name"] = name });

    protected async Task<ScriptActor> AddScriptAsync(ApplicationActor app, ScriptText? text = null)
    {
        var registered = await app.Session.RegisterScriptAsync(text ?? Newsletter);
        return new(registered.Id, registered.Credential, await Engine.SignInAsync(registered.Credential));
    }

    /// <summary>The same, signed in again.</summary>
    protected async Task<ApplicationActor> AgainAsync(ApplicationActor app) =>
        app with { Session = await Engine.SignInAsync(app.Credential) };

    protected async Task<UserActor> AgainAsync(UserActor user) =>
        user with { Session = await Engine.SignInAsync(user.Credential) };

    protected async Task<ScriptActor> AgainAsync(ScriptActor script) =>
        script with { Session = await Engine.SignInAsync(script.Credential) };

    /// <summary>Asserts that a call is refused with a code, and gives the refusal.</summary>
    protected static async Task<SecureUserDataException> RefusedAsync(ErrorCode code, Func<Task> call)
    {
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(call);
        Assert.True(code == refusal.Code, $"Expected {code} and got {refusal.Code}: {refusal.Message}");
        Assert.DoesNotContain('\n', refusal.Message);
        return refusal;
    }

    /// <summary>The user's whole log, as the user reads it.</summary>
    protected static Task<List<AccessLogEntry>> LogAsync(UserActor user) => LogAsync(user.Self.ReadLogAsync);

    /// <summary>A whole chain, read by pages; its numbers go from 1 without gaps.</summary>
    protected static async Task<List<AccessLogEntry>> LogAsync(
        Func<long, int, Task<IReadOnlyList<AccessLogEntry>>> read)
    {
        var entries = new List<AccessLogEntry>();
        while (await read(entries.Count, 50) is { Count: > 0 } page) entries.AddRange(page);
        Assert.Equal(Enumerable.Range(1, entries.Count), entries.Select(entry => (int)entry.Sequence));
        return entries;
    }

    /// <summary>All pages of a list, and how many items each had.</summary>
    protected static async Task<(List<T> Items, List<int> Sizes)> AllAsync<T>(Func<string?, Task<Page<T>>> read)
    {
        var items = new List<T>();
        var sizes = new List<int>();
        string? cursor = null;
        do
        {
            var page = await read(cursor);
            items.AddRange(page.Items);
            sizes.Add(page.Items.Count);
            cursor = page.Next;
            Assert.True(sizes.Count < 10_000, "The pages do not end.");
        }
        while (cursor is not null);
        return (items, sizes);
    }

    /// <summary>Asks again and again until it is so, for what the engine does by itself after the clock was advanced.
    /// </summary>
    protected static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "It did not come about in time.");
            await Task.Yield();
        }
    }
}
