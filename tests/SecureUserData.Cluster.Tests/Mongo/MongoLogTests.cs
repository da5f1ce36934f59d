using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using MongoDB.Bson;
using MongoDB.Driver;
using SecureUserData.Cluster.Mongo;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Tests.Mongo;

/// <summary>The log of several processes in one database.</summary>
public sealed class MongoLogTests(MongoPortsFixture ports) : IClassFixture<MongoPortsFixture>
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"activity":"released","names":["field/email"]}""");

    [Fact]
    public async Task Of_two_processes_that_append_the_same_rows_exactly_one_wins_each()
    {
        await using var other = await ports.OpenAsync();
        var chains = Chains(200);
        for (var sequence = 1; sequence <= 5; sequence++)
        {
            var one = chains.Select(chain => TryAsync(ports.Ports.Log, Row(chain, sequence, "one"))).ToList();
            var two = chains.Select(chain => TryAsync(other.Log, Row(chain, sequence, "two"))).ToList();
            for (var i = 0; i < chains.Count; i++) Assert.True(await one[i] ^ await two[i]);
        }

        foreach (var chain in chains.Take(20))
            Assert.Equal([1, 2, 3, 4, 5], (await ports.Ports.Log.ReadAsync(chain, 1, 10)).Select(row => row.Sequence));
        Assert.NotEqual(ports.Ports.Log.Own!.Number, other.Log.Own!.Number);
        await AssertCoveredAsync(ports.Ports.Log, ports.Ports.Log.Own);
        await AssertCoveredAsync(other.Log, other.Log.Own);
    }

    [Fact]
    public async Task Rows_that_another_process_was_faster_with_leave_no_gap_among_the_others()
    {
        await using var store = await ports.OpenAsync();
        var chains = Chains(300);
        foreach (var chain in chains) await store.Log.AppendAsync(Row(chain, 1)); // it knows that they go on at 2
        foreach (var chain in chains.Where((_, i) => i % 3 == 1)) await ports.Ports.Log.AppendAsync(Row(chain, 2));

        var rows = chains.Select(chain => TryAsync(store.Log, Row(chain, 2))).ToList();

        for (var i = 0; i < rows.Count; i++) Assert.Equal(i % 3 != 1, await rows[i]);
        await AssertCoveredAsync(store.Log, store.Log.Own!);
    }

    [Fact]
    public async Task Processes_go_on_with_each_others_chains()
    {
        await using var other = await ports.OpenAsync();
        var chain = Chains(1)[0];
        for (var sequence = 1; sequence <= 20; sequence++)
            await (sequence % 3 == 0 ? other.Log : ports.Ports.Log).AppendAsync(Row(chain, sequence));

        Assert.Equal(20, (await other.Log.ReadAsync(chain, 1, 100)).Count);
        Assert.False(await TryAsync(other.Log, Row(chain, 22)));
        Assert.False(await TryAsync(ports.Ports.Log, Row(chain, 22)));
    }

    [Fact]
    public async Task What_a_process_that_died_has_not_covered_are_loose_rows()
    {
        await using var dead = await ports.OpenAsync();
        foreach (var chain in Chains(5)) await dead.Log.AppendAsync(Row(chain, 1));
        var writer = dead.Log.Own!;
        var covered = (await dead.Log.NewestBatchAsync(writer.Number))!;
        using var client = new MongoClient(ports.Options.ConnectionString);
        var log = new LogCollections(client.GetDatabase(ports.Options.Database));
        var loose = Chains(3);
        for (var i = 0; i < loose.Count; i++) // with gaps, as some of a commit
        {
            var row = LogDocuments.Write(Row(loose[i], 1), writer.Number, covered.Last + 1 + 2 * i);
            await log.Rows.InsertOneAsync(row, cancellationToken: TestContext.Current.CancellationToken);
        }

        await using var next = await ports.OpenAsync();
        foreach (var chain in loose) await next.Log.AppendAsync(Row(chain, 2)); // they count all the same

        Assert.True(next.Log.Own!.Number > writer.Number);
        Assert.Equal(covered, await next.Log.NewestBatchAsync(writer.Number), (a, b) => a!.Last == b!.Last);
        Assert.Equal(3, (await next.Log.ScanAsync(writer.Number, covered.Last, 10)).Count);
        await AssertCoveredAsync(next.Log, next.Log.Own);
        await next.Log.CheckAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task After_a_failed_call_the_process_goes_on_as_another_writer()
    {
        await using var store = await ports.OpenAsync();
        var chains = Chains(3);
        await store.Log.AppendAsync(Row(chains[0], 1));
        var before = store.Log.Own!;
        var newest = (await store.Log.NewestBatchAsync(before.Number))!;
        using var client = new MongoClient(ports.Options.ConnectionString);
        var log = new LogCollections(client.GetDatabase(ports.Options.Database));
        // What a call leaves whose answer was lost: its batch is there although the process was told of an error.
        var batch = LogDocuments.Write(before, newest with { Number = newest.Number + 1 });
        await log.Batches.InsertOneAsync(batch, cancellationToken: TestContext.Current.CancellationToken);

        await store.Log.AppendAsync(Row(chains[1], 1));
        await store.Log.NewestBatchAsync(before.Number); // the batch over it is stored first, and fails
        await store.Log.AppendAsync(Row(chains[2], 1));
        await store.Log.AppendAsync(Row(chains[0], 2));

        Assert.True(store.Log.Own!.Number > before.Number);
        await AssertCoveredAsync(store.Log, store.Log.Own);
        foreach (var chain in chains) Assert.NotEmpty(await store.Log.TailAsync(chain, 1));
    }

    [Fact]
    public async Task Rows_of_a_writer_that_never_registered_are_found_by_a_check()
    {
        await using var store = await ports.OpenAsync();
        await store.Log.AppendAsync(Row(Chains(1)[0], 1));
        using var client = new MongoClient(ports.Options.ConnectionString);
        var log = new LogCollections(client.GetDatabase(ports.Options.Database));
        var stray = Row(Chains(1)[0], 1);
        foreach (var (writer, position) in ((long, long)[])[(0, 1), (1_000_000, 1), (1, 0)])
        {
            var row = LogDocuments.Write(stray, writer, position);
            await log.Rows.InsertOneAsync(row, cancellationToken: TestContext.Current.CancellationToken);
            var check = await Assert.ThrowsAsync<SecureUserDataException>(
                () => store.Log.CheckAsync(TestContext.Current.CancellationToken));
            Assert.Equal(ErrorCode.Tampered, check.Code);
            var added = new BsonDocument("_id", row["_id"]);
            await log.Rows.DeleteOneAsync(added, TestContext.Current.CancellationToken);
        }
        await store.Log.CheckAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_waits_when_the_stores_are_closed_is_stored_and_covered()
    {
        var store = await ports.OpenAsync();
        await store.Log.AppendAsync(Row(Chains(1)[0], 1));
        var writer = store.Log.Own!;
        var appends = Chains(3_000).Select(chain => store.Log.AppendAsync(Row(chain, 1))).ToList();
        await store.DisposeAsync();
        await Task.WhenAll(appends);

        Assert.Equal(3_001, (await ports.Ports.Log.NewestBatchAsync(writer.Number))!.Last);
        var late = await Assert.ThrowsAsync<SecureUserDataException>(
            () => store.Log.AppendAsync(Row(Chains(1)[0], 1)));
        Assert.Equal(ErrorCode.Unavailable, late.Code);
    }

    [Fact]
    public async Task Who_asks_for_batches_while_others_append_gets_those_over_all_that_he_appended()
    {
        await using var store = await ports.OpenAsync();
        var mine = Chains(1)[0];
        var others = Task.WhenAll(Chains(50).Select(async chain =>
        {
            for (var sequence = 1; sequence <= 40; sequence++) await store.Log.AppendAsync(Row(chain, sequence));
        }));
        for (var sequence = 1; sequence <= 20; sequence++)
        {
            await store.Log.AppendAsync(Row(mine, sequence));
            var writer = store.Log.Own!.Number;
            var covered = (await store.Log.NewestBatchAsync(writer))!.Last;
            Assert.DoesNotContain(await store.Log.ScanAsync(writer, covered, 2_000), row => row.Row.Chain == mine);
        }
        await others;
    }

    [Fact(Explicit = true)]
    public async Task A_thousand_who_append_at_the_same_time()
    {
        await using var store = await ports.OpenAsync();
        const int Rows = 50;
        var chains = Chains(1_000);
        await Task.WhenAll(chains.Select(chain => store.Log.AppendAsync(Row(chain, 1))));
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(chains.Select(async chain =>
        {
            for (var sequence = 2; sequence <= Rows + 1; sequence++) await store.Log.AppendAsync(Row(chain, sequence));
        }));
        var rows = chains.Count * Rows;
        TestContext.Current.SendDiagnosticMessage(
            $"{rows} rows in {watch.ElapsedMilliseconds} ms: {rows / watch.Elapsed.TotalSeconds:N0} rows/s");
        await AssertCoveredAsync(store.Log, store.Log.Own!);
    }

    /// <summary>Whether a writer's rows have no gaps and are all covered by its batches.</summary>
    private static async Task AssertCoveredAsync(IAccessLog log, LogWriter writer)
    {
        var macs = new List<byte[]>();
        while (await log.ScanAsync(writer.Number, macs.Count, 1_000) is { Count: > 0 } page)
            foreach (var (position, row) in page)
            {
                Assert.Equal(macs.Count + 1, position);
                macs.Add(row.Mac);
            }
        long covered = 0, number = 0;
        while (await log.BatchesAsync(writer.Number, number, 1_000) is { Count: > 0 } page)
            foreach (var batch in page)
            {
                Assert.Equal((covered + 1, number + 1), (batch.First, batch.Number));
                var rows = macs[(int)covered..(int)batch.Last];
                Assert.Equal(SHA256.HashData(rows.SelectMany(mac => mac).ToArray()), batch.Digest);
                (covered, number) = (batch.Last, batch.Number);
            }
        Assert.Equal(macs.Count, covered);
    }

    private static async Task<bool> TryAsync(IAccessLog log, LogRow row)
    {
        try
        {
            await log.AppendAsync(row);
            return true;
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.Conflict)
        {
            return false;
        }
    }

    private static List<string> Chains(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => UserId.New().ToString())];

    private static LogRow Row(string chain, long sequence, string by = "") =>
        new(chain, sequence, Body, SHA256.HashData(Encoding.UTF8.GetBytes($"{chain} {sequence} {by}")));
}
