using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Faults.Tests.Model;
using SecureUserData.Tests.Hosting;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Faults.Tests.Kills;

/// <summary>A process that is killed in the middle of its work, many times in a row on one folder, loses nothing that
/// it has acknowledged and leaves nothing half done.</summary>
public sealed class KillTests
{
    private const string WorkVariable = "SUD_TEST_WORK";
    private const string MastersVariable = "SUD_TEST_MASTERS";
    private const string SeedVariable = "SUD_TEST_SEED";
    private const int Workers = 4; // and one that rotates keys
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
        var masters = DataFolder.Masters;
        for (var kill = Effort.Of(4, 200); kill > 0; kill--)
        {
            var ledger = new Ledger(await RunAndKillAsync(folder, masters, random), purse);
            var finish = random.Next(3) == 0; // otherwise the next process goes on with it
            await CheckAsync(folder, masters, purse, finish, async shop =>
            {
                await ledger.SettleAsync(shop);
                await ledger.AssertRotatedAsync(shop);
                if (finish) masters = await NextAsync(shop, masters);
            });
            AssertNothingLeft(folder, ledger.People.Where(person => person.Erased));
            foreach (var person in ledger.People) people[person.Id] = person;
        }
        var sample = people.Values.ToArray();
        random.Shuffle(sample);
        await CheckAsync(
            folder,
            masters,
            purse,
            finish: true,
            shop => AssertUnchangedAsync(shop, sample.Take(Effort.Of(40, 1_000))));
        Assert.Equal("ok", folder.Data.Value<string>("PRAGMA integrity_check"));
    }

    /// <summary>What the killed process does.</summary>
    [Fact(Explicit = true)]
    public async Task Work_until_killed()
    {
        if (ChildFolder.OfChild() is not { } folder) return; // only the test above gives it one
        var clock = new FakeClock();
        await using var engine = await folder.OpenAsync(clock, ChildTest.Variable(MastersVariable)!);
        var shop = await Shop.OpenAsync(engine, new Purse(folder.Operator, folder.Shop, folder.Script));
        var seed = int.Parse(ChildTest.Variable(SeedVariable)!);
        await Task.WhenAll(ChildTest.Variable(WorkVariable)!.Split(',').Select(async (work, number) =>
        {
            var worker = new Worker(shop, clock, new Random(seed + number), $"{Environment.ProcessId}-{number}");
            while (true) await worker.WorkAsync(work);
        }));
    }

    /// <summary>Starts a process and kills it after a random number of lines. Returns when the process is gone, and its
    /// lock with it.</summary>
    private static async Task<List<string>> RunAndKillAsync(ChildFolder folder, string masters, Random random)
    {
        var lines = random.Next(1, MaxLines);
        string[] acts = [.. Worker.Acts.Keys], rotations = [.. Worker.Rotations.Keys];
        var work = string.Join(
            ',',
            Enumerable.Range(0, Workers).Select(_ => acts[random.Next(acts.Length)])
                .Append(rotations[random.Next(rotations.Length)]));
        var variables = folder.Variables();
        variables[WorkVariable] = work;
        variables[MastersVariable] = masters;
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
    private static async Task CheckAsync(
        ChildFolder folder, string masters, Purse purse, bool finish, Func<Shop, Task> check)
    {
        var clock = new FakeClock();
        await using var engine = await folder.OpenAsync(clock, masters);
        var began = TimeProvider.System.GetTimestamp();
        while (folder.Data.Value<long>("SELECT count(*) FROM wakeup WHERE id LIKE 'erasure/%'") > 0)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "A wake-up stays on the list.");
            clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }
        var shop = await Shop.OpenAsync(engine, purse);
        if (finish) await FinishAsync(shop, clock);
        await check(shop);
        await engine.VerifyLogAsync(null, Cancellation);
    }

    /// <summary>A rotation that was under way comes to its end.</summary>
    private static async Task FinishAsync(Shop shop, FakeClock clock)
    {
        var began = TimeProvider.System.GetTimestamp();
        while ((await shop.Rotation.RunAheadAsync()).Current is { } run)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"{run} does not end.");
            Assert.Equal(0, run.Failed);
            if (run.GoesOn - clock.GetUtcNow() is { Ticks: > 0 } wait) clock.Advance(wait);
        }
        Assert.Null((await shop.Operators.Get(new MasterRotationId()).RunAheadAsync()).Current);
    }

    /// <summary>The ring of the next process: without the key that nothing needs any more, or with a new one.</summary>
    private static async Task<string> NextAsync(Shop shop, string masters)
    {
        var report = await shop.Operators.Get(new MasterRotationId()).GetAsync();
        if (report.Removable.Count > 0) return masters.Split(',')[0];
        return report.Ring.Count > 1
            ? masters
            : $"{report.Ring[0] + 1}:{MasterKeyRing.Generate()["1:".Length..]},{masters}";
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
