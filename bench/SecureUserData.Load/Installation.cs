using SecureUserData.Cryptography;
using SecureUserData.Embedded;

namespace SecureUserData.Load;

/// <summary>An engine with one application, ready for callers.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly MasterKeyRing _masters;
    private readonly EmbeddedEngine _engine;

    private Installation(MasterKeyRing masters, EmbeddedEngine engine, AppId app, ISession session, string database)
    {
        _masters = masters;
        _engine = engine;
        App = app;
        Session = session;
        Database = database;
    }

    internal AppId App { get; }

    /// <summary>Signed in as the application.</summary>
    internal ISession Session { get; }

    internal string Database { get; }

    internal static async Task<Installation> MakeAsync(string folder)
    {
        var masters = MasterKeyRing.Parse(MasterKeyRing.Generate());
        var (engine, operatorCredential) = await EmbeddedEngine.CreateAsync(folder, masters);
        var operators = await engine.SignInAsync(operatorCredential);
        var app = await operators.RegisterApplicationAsync(
            new ApplicationSettings("Load") { UniqueFields = ["email"] });
        return new Installation(
            masters, engine, app.Id, await engine.SignInAsync(app.Credential), Path.Combine(folder, "sud.db"));
    }

    /// <summary>Ten fields, as of a person.</summary>
    internal static Dictionary<string, string> Profile(string unique) => new()
    {
        ["email"] = $"{unique}@example.org",
        ["given_name"] = "Michaela",
        ["surname"] = "Neumann",
        ["street_number"] = "8",
        ["address_1"] = "Stanley Street",
        ["suburb"] = "Winston Hills",
        ["postcode"] = "4223",
        ["state"] = "nsw",
        ["date_of_birth"] = "1915-11-11",
        ["soc_sec_id"] = "5304218",
    };

    /// <summary>So many users.</summary>
    internal async Task<IReadOnlyList<CreatedUser>> CreateUsersAsync(int count)
    {
        var users = new CreatedUser[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = Flow.Callers }, async (i, _) =>
            users[i] = await Session.CreateUserAsync(Profile($"user{i}")));
        return users;
    }

    /// <summary>A script that wants three fields, signed in.</summary>
    internal async Task<(ScriptId Id, ISession Session)> RegisterScriptAsync()
    {
        var script = await Session.RegisterScriptAsync(
            new ScriptText("Invoices", "Write and send the monthly invoices", LegalBasis.Contract)
            {
                Fields = ["email", "given_name", "surname"],
            });
        return (script.Id, await _engine.SignInAsync(script.Credential));
    }

    internal async Task GiveAsync(CreatedUser user, ScriptId script)
    {
        var session = await _engine.SignInAsync(await _engine.ClaimAsync(user.ClaimCode));
        await session.Get(new ConsentId(user.Id, script)).GiveAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        _masters.Dispose();
    }
}
