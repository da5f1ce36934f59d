using System.Diagnostics;
using System.Text.Json;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;
using SecureUserData.Embedded.Sqlite;
using SecureUserData.Users;

namespace SecureUserData.Load;

/// <summary>An engine with one application, ready for callers.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private const string KeysName = "keys.json";

    private readonly string _folder;
    private readonly MasterKeyRing _masters;
    private readonly AdvancedClock _clock;
    private readonly PreparedKeys _keys;
    private readonly string _run = UserId.New().ToString(); // no two runs make the same e-mail address
    private EmbeddedEngine _engine;
    private int _created;

    private Installation(
        string folder, PreparedKeys keys, MasterKeyRing masters, AdvancedClock clock, EmbeddedEngine engine)
    {
        (_folder, _keys, _masters, _clock, _engine) = (folder, keys, masters, clock, engine);
        Session = null!;
    }

    /// <summary>Signed in as the application.</summary>
    internal ISession Session { get; private set; }

    internal AppId App => AppId.Parse(Session.Identity.Id);

    internal string Database => Path.Combine(_folder, "sud.db");

    /// <summary>The script that all prepared users have given their consent to.</summary>
    internal ScriptId Newsletter => ScriptId.Parse(_keys.ScriptId);

    /// <summary>The installation in a folder; made, with so many users who have given their consent, where there is
    /// none.</summary>
    internal static async Task<Installation> OpenAsync(string folder, int users)
    {
        var path = Path.Combine(folder, KeysName);
        var isNew = !File.Exists(path);
        if (isNew) await MakeAsync(folder, path);
        var keys = JsonSerializer.Deserialize<PreparedKeys>(await File.ReadAllTextAsync(path))!;
        var masters = MasterKeyRing.Parse(keys.Masters);
        var clock = new AdvancedClock(keys.Ahead);
        var engine = await EmbeddedEngine.OpenAsync(folder, masters, new EmbeddedOptions { Time = clock });
        var installation = new Installation(folder, keys, masters, clock, engine);
        installation.Session = await installation._engine.SignInAsync(new Credential(keys.App));
        if (isNew) await installation.PrepareAsync(users);
        return installation;
    }

    private static async Task MakeAsync(string folder, string path)
    {
        var ring = MasterKeyRing.Generate();
        using var masters = MasterKeyRing.Parse(ring);
        var (engine, operatorCredential) = await EmbeddedEngine.CreateAsync(folder, masters);
        await using var closed = engine;
        var operators = await engine.SignInAsync(operatorCredential);
        var app = await operators.RegisterApplicationAsync(
            new ApplicationSettings("Load") { UniqueFields = ["email"] });
        var script = await (await engine.SignInAsync(app.Credential)).RegisterScriptAsync(Text);
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(new PreparedKeys(
            ring, app.Credential.Reveal(), script.Id.ToString(), script.Credential.Reveal())));
    }

    private static ScriptText Text =>
        new("Invoices", "Write and send the monthly invoices", LegalBasis.Contract)
        {
            Fields = ["email", "given_name", "surname"],
        };

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

    internal Task<CreatedUser> CreateUserAsync() =>
        Session.CreateUserAsync(Profile($"{_run}-{Interlocked.Increment(ref _created)}"));

    /// <summary>So many of the prepared users, spread evenly over all of them, so that what they have lies all over the
    /// file; fresh ones, who have given their consent too, where fewer are prepared.</summary>
    internal async Task<IReadOnlyList<UserId>> PickUsersAsync(int count)
    {
        var app = Session.Get(App);
        var users = new List<UserId>();
        string? cursor = null;
        do
        {
            var page = await app.ListUsersAsync(cursor, Limits.PageItems);
            users.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null);
        if (users.Count >= count) return [.. Enumerable.Range(0, count).Select(i => users[i * (users.Count / count)])];
        await PrepareAsync(count - users.Count);
        return await PickUsersAsync(count);
    }

    /// <summary>A new user with so many records, signed in.</summary>
    internal async Task<ISession> CreateUserAsync(int records)
    {
        var user = await CreateUserAsync();
        await AddRecordsAsync(user.Id, records);
        return await _engine.SignInAsync(await _engine.ClaimAsync(user.ClaimCode));
    }

    /// <summary>Gives so many records to every user who has none.</summary>
    internal async Task AddRecordsAsync(int records)
    {
        var without = new List<UserId>();
        using (var file = SqliteFile.OpenReader(Database))
        using (var statement = new BareStatement(
            file,
            """
            SELECT id FROM tag WHERE tag >= $1 || '/' AND tag < $1 || '0'
            AND NOT EXISTS (SELECT 1 FROM record WHERE user = tag.id)
            """))
        using (var rows = statement.Query($"{UserState.KeyTagPrefix}{App}"))
            while (rows.Read()) without.Add(UserId.Parse(rows.GetString(0)));
        await ForEachAsync(without.Count, i => AddRecordsAsync(without[i], records));
    }

    private Task AddRecordsAsync(UserId user, int records) => Session.Get(user).AddRecordsAsync(
        "messages",
        [.. Enumerable.Range(0, records).Select(_ => new NewRecord(
            RecordId.New(), RecordContent.Text(new string('x', 200))))]);

    /// <summary>Moves the installation's clock on, for what has to wait. It stays so in its folder, since no key may be
    /// made before the one before it.</summary>
    internal async Task AdvanceAsync(TimeSpan time)
    {
        var keys = _keys with { Ahead = _clock.Ahead + time };
        await File.WriteAllTextAsync(Path.Combine(_folder, KeysName), JsonSerializer.Serialize(keys));
        _clock.Ahead = keys.Ahead;
    }

    /// <summary>A script that wants three fields, signed in.</summary>
    internal async Task<(ScriptId Id, ISession Session)> RegisterScriptAsync()
    {
        var script = await Session.RegisterScriptAsync(Text);
        return (script.Id, await _engine.SignInAsync(script.Credential));
    }

    internal Task<ISession> SignInAsNewsletterAsync() => _engine.SignInAsync(new Credential(_keys.Script));

    /// <summary>Gives a new user's consent.</summary>
    /// <param name="user">The user.</param>
    /// <param name="script">The script.</param>
    /// <param name="notice">Its notice.</param>
    internal async Task GiveAsync(CreatedUser user, ScriptId script, string notice)
    {
        var session = await _engine.SignInAsync(await _engine.ClaimAsync(user.ClaimCode));
        await session.Get(new ConsentId(user.Id, script)).GiveAsync(new ConsentGrant(notice));
    }

    /// <summary>Closes the engine and opens it again, so that nobody is in memory. Sessions from before are not used
    /// any more.</summary>
    /// <param name="maxActive">Entities that may be in memory; null for as many as usual.</param>
    internal async Task ReopenAsync(int? maxActive = null)
    {
        await _engine.DisposeAsync();
        var options = new EmbeddedOptions { Time = _clock };
        _engine = await EmbeddedEngine.OpenAsync(
            _folder, _masters, options with { MaxActive = maxActive ?? options.MaxActive });
        Session = await _engine.SignInAsync(new Credential(_keys.App));
    }

    private async Task PrepareAsync(int users)
    {
        var notice = (await Session.Get(Newsletter).GetAsync()).Notice;
        var watch = Stopwatch.StartNew();
        var done = 0;
        await ForEachAsync(users, async _ =>
        {
            await GiveAsync(await CreateUserAsync(), Newsletter, notice);
            if (Interlocked.Increment(ref done) % 50_000 == 0)
                await Console.Error.WriteLineAsync($"{done} of {users} users after {watch.Elapsed.TotalSeconds:0} s");
        });
    }

    internal static Task ForEachAsync(int count, Func<int, Task> step) => Parallel.ForAsync(
        0, count, new ParallelOptions { MaxDegreeOfParallelism = Flow.Callers }, async (i, _) => await step(i));

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        _masters.Dispose();
    }

    /// <summary>What opens a prepared folder: only made-up people are in it.</summary>
    private sealed record PreparedKeys(
        string Masters, string App, string ScriptId, string Script, TimeSpan Ahead = default);

    /// <summary>The system's clock, so much ahead.</summary>
    private sealed class AdvancedClock(TimeSpan ahead) : TimeProvider
    {
        private long _ahead = ahead.Ticks;

        internal TimeSpan Ahead
        {
            get => new(Volatile.Read(ref _ahead));
            set => Volatile.Write(ref _ahead, value.Ticks);
        }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
