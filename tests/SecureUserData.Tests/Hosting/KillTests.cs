using SecureUserData.Conformance;
using SecureUserData.Embedded;

namespace SecureUserData.Tests.Hosting;

/// <summary>A process that is killed in the middle of its work, many times in a row on one folder, loses nothing that
/// it has acknowledged and leaves nothing half done. SUD_KILLS says how many times; 20 make a thorough run.</summary>
public sealed class KillTests
{
    private const int Workers = 4;
    private const int MaxLines = 250; // of one process, before it is killed

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static int Kills => int.Parse(
        ChildTest.Variable("SUD_KILLS") ?? "5", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task Nothing_acknowledged_is_lost_when_imports_are_killed()
    {
        using var folder = await KillFolder.MakeAsync();
        var all = new AcknowledgedImports();
        await foreach (var said in RunAndKillAsync(folder, nameof(Import_until_killed), 20260304))
        {
            var imports = new AcknowledgedImports(said);
            all.Add(imports);
            await using var engine = await folder.Data.OpenAsync();
            await engine.VerifyLogAsync(null, Cancellation);
            await imports.AssertThereAsync(engine, folder);
            await imports.AssertUniqueAsync(engine, folder);
        }
        await using (var engine = await folder.Data.OpenAsync()) await all.AssertThereAsync(engine, folder);
        Assert.Equal("ok", folder.Data.Value<string>("PRAGMA integrity_check"));
    }

    [Fact]
    public async Task No_erasure_stays_half_done_when_the_process_is_killed()
    {
        using var folder = await KillFolder.MakeAsync();
        await foreach (var said in RunAndKillAsync(folder, nameof(Erase_until_killed), 20260305))
        {
            var erasures = new AcknowledgedErasures(said);
            var clock = new FakeClock();
            await using (var engine = await folder.OpenAsync(clock))
            {
                await erasures.AssertAllOrNothingAsync(engine, folder, clock);
                await engine.VerifyLogAsync(null, Cancellation);
            }
            erasures.AssertNothingLeft(folder);
        }
    }

    /// <summary>What the killed process does in the first test: it creates users and all that belongs to
    /// them.</summary>
    [Fact(Explicit = true)]
    public Task Import_until_killed() => WorkAsync(async (engine, shop, folder, number) =>
    {
        var (user, _) = await ImportAsync(engine, shop, folder, number);
        ChildTest.Say($"try {number}-moved@example.org");
        await shop.Get(user).SetFieldAsync("email", $"{number}-moved@example.org");
        ChildTest.Say($"moved {number}-moved@example.org {user}");
    });

    /// <summary>What the killed process does in the second test: it creates users and erases them.</summary>
    [Fact(Explicit = true)]
    public Task Erase_until_killed() => WorkAsync(async (engine, shop, folder, number) =>
    {
        var (user, ada) = await ImportAsync(engine, shop, folder, number);
        ChildTest.Say($"erasing {user}");
        var erasure = await (number.Length % 2 == 0 ? shop : ada).EraseAsync(user);
        ChildTest.Say($"erased {user} {erasure.Certificate}");
    });

    private static async Task<(UserId, ISession)> ImportAsync(
        EmbeddedEngine engine, ISession shop, KillFolder folder, string number)
    {
        var email = $"{number}@example.org";
        ChildTest.Say($"try {email}");
        var created = await shop.CreateUserAsync(
            new Dictionary<string, string> { ["email"] = email, ["name"] = number });
        ChildTest.Say($"created {email} {created.Id}");
        var credential = await engine.ClaimAsync(created.ClaimCode);
        ChildTest.Say($"claimed {created.Id} {credential.Reveal()}");
        var text = number + new string('.', number.GetHashCode(StringComparison.Ordinal) & 0xffff); // pages to fold in
        var record = await shop.Get(created.Id).PutRecordAsync("letters", RecordContent.Text(text));
        ChildTest.Say($"put {created.Id} {record} {text}");
        var session = await engine.SignInAsync(credential);
        await session.Get(new ConsentId(created.Id, folder.Script.Id)).GiveAsync();
        ChildTest.Say($"given {created.Id} {number}");
        return (created.Id, session);
    }

    private static async Task WorkAsync(Func<EmbeddedEngine, ISession, KillFolder, string, Task> work)
    {
        if (KillFolder.OfChild() is not { } folder) return; // only the tests above give it one
        await using var engine = await folder.Data.OpenAsync();
        var shop = await engine.SignInAsync(folder.Shop);
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(async worker =>
        {
            for (var i = 0; ; i++) await work(engine, shop, folder, $"{Environment.ProcessId}-{worker}-{i}");
        }));
    }

    /// <summary>Starts a process again and again and kills it after a random number of lines.</summary>
    /// <returns>The words of the lines of each.</returns>
    private static async IAsyncEnumerable<List<string[]>> RunAndKillAsync(KillFolder folder, string method, int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var time = 0; time < Kills; time++)
            yield return await RunOnceAsync(folder, method, random.Next(1, MaxLines));
    }

    /// <summary>Returns when the process is gone, and its lock with it.</summary>
    private static async Task<List<string[]>> RunOnceAsync(KillFolder folder, string method, int lines)
    {
        var said = new List<string[]>();
        using var child = new ChildTest((typeof(KillTests), method), folder.Variables());
        await foreach (var line in child.LinesAsync(Cancellation))
        {
            said.Add(line.Split(' '));
            if (said.Count == lines) child.Kill();
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"killed after {lines} lines, {said.Count} were said");
        Assert.True(said.Count >= lines, $"the process ended by itself after {said.Count} lines");
        return said;
    }
}
