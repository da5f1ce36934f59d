using System.Security.Cryptography;
using SecureUserData.Ports;

namespace SecureUserData.Conformance.Ports;

/// <summary><see cref="IAccessLog"/>.</summary>
public abstract class LogStoreConformance(PortsFixture fixture) : PortConformance(fixture)
{
    private readonly string _chain = Fresh();

    private IAccessLog Log => Ports.Log;

    [Fact]
    public async Task Rows_are_durable_when_the_call_returns_and_a_chain_goes_on_after_a_crash()
    {
        for (var sequence = 1; sequence <= 5; sequence++) await Log.AppendAsync(Row(_chain, sequence));
        await Fixture.CrashAsync();
        for (var sequence = 6; sequence <= 10; sequence++) await Log.AppendAsync(Row(_chain, sequence));

        var rows = await Log.ReadAsync(_chain, 1, 100);

        Assert.Equal(Enumerable.Range(1, 10), rows.Select(row => (int)row.Sequence));
        Assert.All(rows, row => AssertSame(Row(_chain, row.Sequence), row));
        await Log.CheckAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Rows_that_expire_have_another_body_and_keep_their_place_and_their_mac()
    {
        var other = Fresh();
        for (var sequence = 1; sequence <= 6; sequence++)
            foreach (var chain in (string[])[_chain, other]) await Log.AppendAsync(Row(chain, sequence));

        await Log.ExpireAsync(_chain, [1, 2, 4, 99], Bytes("over"));
        await Log.ExpireAsync(Fresh(), [1], Bytes("over"));
        await Log.ExpireAsync(other, [], Bytes("over"));
        await Fixture.CrashAsync();

        var rows = await Log.ReadAsync(_chain, 1, 100);
        Assert.Equal(6, rows.Count);
        foreach (var row in rows)
            AssertSame(
                row.Sequence is 1 or 2 or 4 ? Row(_chain, row.Sequence) with { Body = Bytes("over") }
                    : Row(_chain, row.Sequence),
                row);
        Assert.All(await Log.ReadAsync(other, 1, 100), row => AssertSame(Row(other, row.Sequence), row));
        await Log.AppendAsync(Row(_chain, 7));
        await Log.CheckAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_chain_is_read_from_a_number_on_and_its_tail_newest_first()
    {
        for (var sequence = 1; sequence <= 10; sequence++) await Log.AppendAsync(Row(_chain, sequence));

        Assert.Equal([4, 5, 6], (await Log.ReadAsync(_chain, 4, 3)).Select(row => (int)row.Sequence));
        Assert.Equal([10], (await Log.ReadAsync(_chain, 10, 3)).Select(row => (int)row.Sequence));
        Assert.Empty(await Log.ReadAsync(_chain, 11, 3));
        Assert.Equal([10, 9], (await Log.TailAsync(_chain, 2)).Select(row => (int)row.Sequence));
        Assert.Equal(10, (await Log.TailAsync(_chain, 100)).Count);
        Assert.Empty(await Log.ReadAsync(Fresh(), 1, 3));
        Assert.Empty(await Log.TailAsync(Fresh(), 3));
    }

    [Fact]
    public async Task A_row_that_is_not_the_next_of_its_chain_is_a_conflict_and_is_not_stored()
    {
        await ConflictsAsync(() => Log.AppendAsync(Row(_chain, 2)));
        await ConflictsAsync(() => Log.AppendAsync(Row(_chain, 0)));
        await Log.AppendAsync(Row(_chain, 1));
        foreach (var wrong in (int[])[1, 3, -1, 0]) await ConflictsAsync(() => Log.AppendAsync(Row(_chain, wrong)));
        await Fixture.CrashAsync();
        foreach (var wrong in (int[])[1, 3]) await ConflictsAsync(() => Log.AppendAsync(Row(_chain, wrong)));

        Assert.Equal(1, Assert.Single(await Log.ReadAsync(_chain, 1, 10)).Sequence);
        await Log.AppendAsync(Row(_chain, 2));
    }

    [Fact]
    public async Task Of_many_who_append_the_same_number_exactly_one_goes_on()
    {
        for (var sequence = 1; sequence <= 5; sequence++)
        {
            var rows = Enumerable.Range(0, 32)
                .Select(i => Row(_chain, sequence) with { Mac = SHA256.HashData([(byte)i]) });
            Assert.Equal(1, await CountSucceededAsync(rows.Select(Log.AppendAsync)));
        }
        Assert.Equal(5, (await Log.ReadAsync(_chain, 1, 10)).Count);
    }

    [Fact]
    public async Task Bad_rows_among_many_fail_alone_and_leave_no_gap()
    {
        var chains = Enumerable.Range(0, 50).Select(_ => Fresh()).ToList();
        var before = await CountAsync();

        var good = chains.Select(chain => Log.AppendAsync(Row(chain, 1))).ToList();
        var late = Log.AppendAsync(Row(chains[0], 1));
        var broken = Log.AppendAsync(Row(Fresh(), 1) with { Body = null! });
        good.AddRange(chains.Select(chain => Log.AppendAsync(Row(chain, 2))));

        await Task.WhenAll(good);
        await ConflictsAsync(() => late);
        await Assert.ThrowsAnyAsync<Exception>(() => broken);
        Assert.Equal(before + 100, await CountAsync());
        foreach (var chain in chains) Assert.Equal(2, (await Log.ReadAsync(chain, 1, 10)).Count);
        await Log.CheckAsync(CancellationToken.None);
    }

    [Fact]
    public async Task All_rows_are_scanned_by_writer_and_each_is_in_one_batch()
    {
        await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => Log.AppendAsync(Row(Fresh(), 1))));
        for (var sequence = 1; sequence <= 3; sequence++) await Log.AppendAsync(Row(_chain, sequence));
        await Fixture.CrashAsync(); // where processes are writers, another one goes on
        for (var sequence = 4; sequence <= 5; sequence++) await Log.AppendAsync(Row(_chain, sequence));

        var scanned = new List<LogRow>();
        foreach (var writer in await WritersAsync())
        {
            var rows = await ScanAsync(writer);
            var covered = await CoveredAsync(writer, rows);
            Assert.InRange(rows.Count(row => row.Position > covered), 0, writer.IsOnly ? 0 : LogWriter.LooseRows);
            scanned.AddRange(rows.Select(row => row.Row));
        }
        Assert.Equal(
            Enumerable.Range(1, 5), scanned.Where(row => row.Chain == _chain).Select(row => (int)row.Sequence));
        Assert.Equal(scanned.Count, scanned.Select(row => (row.Chain, row.Sequence)).Distinct().Count());
    }

    [Fact]
    public async Task Writers_are_numbered_without_gaps_and_one_of_them_is_this_process()
    {
        await Log.AppendAsync(Row(_chain, 1));

        var writers = await WritersAsync();

        Assert.Equal(Enumerable.Range(1, writers.Count), writers.Select(writer => (int)writer.Number));
        Assert.All(writers, writer => Assert.Equal(32, writer.Start.Length));
        Assert.True(writers.Count == 1 || !writers.Any(writer => writer.IsOnly));
        Assert.Empty(await Log.WritersAsync(writers.Count, 10));
        var own = Log.Own!;
        Assert.Equal(writers[(int)own.Number - 1].Start, own.Start);
        var newest = (await ScanAsync(own))[^1];
        Assert.Equal((_chain, newest.Position), (newest.Row.Chain, (await Log.NewestBatchAsync(own.Number))!.Last));
    }

    [Fact]
    public async Task A_hundred_thousand_rows_of_many_chains_are_all_found()
    {
        var chains = Enumerable.Range(0, 500).Select(_ => Fresh()).ToList();
        for (var sequence = 1; sequence <= 200; sequence += 4)
            await Task.WhenAll(chains.SelectMany(chain =>
                Enumerable.Range(sequence, 4).Select(number => Log.AppendAsync(Row(chain, number)))));

        await AssertFoundAsync();
        await Fixture.CrashAsync();
        await AssertFoundAsync();
        await Log.CheckAsync(CancellationToken.None);

        async Task AssertFoundAsync()
        {
            foreach (var chain in chains.Where((_, i) => i % 50 == 0))
            {
                var all = await Log.ReadAsync(chain, 1, 1_000);
                Assert.Equal(Enumerable.Range(1, 200), all.Select(row => (int)row.Sequence));
                Assert.Equal([200, 199], (await Log.TailAsync(chain, 2)).Select(row => (int)row.Sequence));
                foreach (var from in (int[])[1, 100, 120, 140, 160, 199])
                    AssertSame(Row(chain, from), Assert.Single(await Log.ReadAsync(chain, from, 1)));
            }
        }
    }

    private async Task<List<LogWriter>> WritersAsync()
    {
        var writers = new List<LogWriter>();
        while (await Log.WritersAsync(writers.LastOrDefault()?.Number ?? 0, 2) is { Count: > 0 } page)
            writers.AddRange(page);
        return writers;
    }

    private async Task<List<LogScanRow>> ScanAsync(LogWriter writer)
    {
        var rows = new List<LogScanRow>();
        while (await Log.ScanAsync(writer.Number, rows.Count == 0 ? 0 : rows[^1].Position, 1_000)
            is { Count: > 0 } page)
            rows.AddRange(page);
        Assert.Equal(rows.Select(row => row.Position).Distinct().Order(), rows.Select(row => row.Position));
        return rows;
    }

    /// <summary>The position of the last row that a batch covers; every batch covers all rows that it says.</summary>
    private async Task<long> CoveredAsync(LogWriter writer, List<LogScanRow> rows)
    {
        LogBatch? previous = null;
        var newest = await Log.NewestBatchAsync(writer.Number); // one that was left behind may add one meanwhile
        while (await Log.BatchesAsync(writer.Number, previous?.Number ?? 0, 7) is { Count: > 0 } page)
            foreach (var batch in page)
            {
                Assert.Equal(((previous?.Last ?? 0) + 1, (previous?.Number ?? 0) + 1), (batch.First, batch.Number));
                Assert.InRange(batch.Last, batch.First, rows[^1].Position);
                using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                for (var at = batch.First; at <= batch.Last; at++)
                {
                    Assert.Equal(at, rows[(int)at - 1].Position);
                    digest.AppendData(rows[(int)at - 1].Row.Mac);
                }
                Assert.Equal(digest.GetHashAndReset(), batch.Digest);
                if (batch.Number == newest?.Number) Assert.Equal(batch.Last, newest.Last);
                previous = batch;
            }
        Assert.InRange(previous?.Number ?? 0, newest?.Number ?? 0, (newest?.Number ?? 0) + 1);
        return previous?.Last ?? 0;
    }

    private async Task<long> CountAsync()
    {
        long count = 0;
        foreach (var writer in await WritersAsync()) count += (await ScanAsync(writer)).Count;
        return count;
    }

    private static LogRow Row(string chain, long sequence) =>
        new(chain, sequence, Bytes($"{chain} {sequence}"), SHA256.HashData(Bytes($"{sequence} {chain}")));

    private static void AssertSame(LogRow expected, LogRow actual)
    {
        Assert.Equal((expected.Chain, expected.Sequence), (actual.Chain, actual.Sequence));
        Assert.Equal(expected.Body, actual.Body);
        Assert.Equal(expected.Mac, actual.Mac);
    }
}
