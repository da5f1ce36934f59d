using SecureUserData.Conformance;
using SecureUserData.Faults.Tests.Model;
using SecureUserData.Tests.Hosting;

namespace SecureUserData.Faults.Tests.Kills;

/// <summary>A process that is killed in the middle of its work, many times in a row on one folder, loses nothing that
/// it has acknowledged and leaves nothing half done.</summary>
public sealed class KillTests
{
    private const string WorkVariable = "SUD_TEST_WORK";
    private const string SeedVariable = "SUD_TEST_SEED";
    private const int Workers = 4;
    private const int MaxLines = 250; // of one process, before it is killed

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_killed_process_acknowledged_is_there_and_nothing_stays_half_done()
    {
        using var folder = await ChildFolder.MakeAsync();
        var purse = new Purse(folder.Operator, folder.Shop, folder.Script);
        var random = new Random(Effort.Seed(20260304));
        var people = new Dictionary<UserId, Person>();
        for (var kill = Effort.Of(6, 200); kill > 0; kill--)
        {
            var ledger = new Ledger(await RunAndKillAsync(folder, random), purse);
            await CheckAsync(folder, shop => ledger.SettleAsync(shop), purse);
            AssertNothingLeft(folder, ledger.People.Where(person => person.Erased));
            foreach (var person in ledger.People) people[person.Id] = person;
        }
        var sample = people.Values.ToArray();
        random.Shuffle(sample);
        await CheckAsync(folder, shop => AssertUnchangedAsync(shop, sample.Take(Effort.Of(40, 1_000))), purse);
        Assert.Equal("ok", folder.Data.Value<string>("PRAGMA integrity_check"));
    }

    /// <summary>What the killed process does.</summary>
    [Fact(Explicit = true)]
    public async Task Work_until_killed()
    {
        if (ChildFolder.OfChild() is not { } folder) return; // only the test above gives it one
        await using var engine = await folder.Data.OpenAsync();
        var shop = await Shop.OpenAsync(engine, new Purse(folder.Operator, folder.Shop, folder.Script));
        var seed = int.Parse(ChildTest.Variable(SeedVariable)!);
        await Task.WhenAll(ChildTest.Variable(WorkVariable)!.Split(',').Select(async (work, number) =>
        {
            var worker = new Worker(shop, new Random(seed + number), $"{Environment.ProcessId}-{number}");
            while (true) await Worker.Workloads[work](worker);
        }));
    }

    /// <summary>Starts a process and kills it after a random number of lines. Returns when the process is gone, and its
    /// lock with it.</summary>
    private static async Task<List<string>> RunAndKillAsync(ChildFolder folder, Random random)
    {
        var lines = random.Next(1, MaxLines);
        var names = Worker.Workloads.Keys.ToArray();
        var work = string.Join(',', Enumerable.Range(0, Workers).Select(_ => names[random.Next(names.Length)]));
        var variables = folder.Variables();
        variables[WorkVariable] = work;
        variables[SeedVariable] = $"{random.Next()}";
        var said = new List<string>();
        using var child = new ChildTest((typeof(KillTests), nameof(Work_until_killed)), variables);
        await foreach (var line in child.LinesAsync(Cancellation))
        {
            said.Add(line);
            if (said.Count == lines) child.Kill();
        }
        Effort.Say($"{work} killed after {lines} lines, {said.Count} were said");
        Assert.True(said.Count >= lines, $"the process ended by itself after {said.Count} lines");
        return said;
    }

    /// <summary>Opens the folder, lets the engine do what is due, asks, and verifies the log.</summary>
    private static async Task CheckAsync(ChildFolder folder, Func<Shop, Task> check, Purse purse)
    {
        var clock = new FakeClock();
        await using var engine = await folder.OpenAsync(clock);
        var began = TimeProvider.System.GetTimestamp();
        while (folder.Data.Value<long>("SELECT count(*) FROM wakeup WHERE id LIKE 'erasure/%'") > 0)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "A wake-up stays on the list.");
            clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }
        await check(await Shop.OpenAsync(engine, purse));
        await engine.VerifyLogAsync(null, Cancellation);
    }

    private static async Task AssertUnchangedAsync(Shop shop, IEnumerable<Person> people)
    {
        foreach (var person in people) Assert.Equal($"{person}", $"{await shop.ReadAsync(person.Id)}");
    }

    /// <summary>The closed database holds nothing of who is gone.</summary>
    private static void AssertNothingLeft(ChildFolder folder, IEnumerable<Person> gone)
    {
        foreach (var user in gone.Select(person => person.Id.ToString()))
            foreach (var left in (string[])["record WHERE user", "unique_key WHERE holder"])
                Assert.Equal(0, folder.Data.Value<long>($"SELECT count(*) FROM {left} = $1", user));
    }
}
