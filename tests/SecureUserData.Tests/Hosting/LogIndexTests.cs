using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Embedded.Sqlite;
using SecureUserData.Ports;
using SecureUserData.Tests.Cryptography;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Hosting;

/// <summary>The index behind the log: rows that move from memory to the table are found all the time.</summary>
public sealed class LogIndexTests : IDisposable
{
    private readonly DataFolder _folder = new();
    private readonly InstallationKeys _keys = KeyHierarchyTests.InstallationWith(new byte[SecretKey.Length]);
    private readonly Dictionary<string, long> _written = [];

    [Theory]
    [InlineData(20, 3)]
    [InlineData(50, 1)]
    [InlineData(7, 100)]
    public async Task Every_read_is_right_while_rows_move_to_the_table(int moveAt, int movedAtOnce)
    {
        const int seed = 77;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var store = new Store(_folder, _keys, new LogIndex(moveAt, movedAtOnce), create: true);
        for (var step = 0; step < 400; step++)
        {
            await AppendAsync(store.Log, $"chain {random.Next(12)}");
            var chain = $"chain {random.Next(12)}";
            var last = _written.GetValueOrDefault(chain);
            var from = random.NextInt64(1, last + 2);
            var limit = random.Next(1, 60);
            AssertIs(chain, await store.Log.ReadAsync(chain, from, limit), from, Math.Min(last, from + limit - 1));
            var tail = await store.Log.TailAsync(chain, 2);
            AssertIs(chain, [.. tail.Reverse()], Math.Max(1, last - 1), last);
        }
        Assert.True(_folder.Value<long>("SELECT count(*) FROM log_index") > 300, "nothing has moved");
        await store.Log.CheckAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Every_read_is_right_after_opening_half_way_through_a_move()
    {
        using (var store = new Store(_folder, _keys, new LogIndex(), create: true))
            for (var i = 0; i < 120; i++) await AppendAsync(store.Log, $"chain {i % 7}");
        // As a crash leaves it: a part of the move is on the disk and its end is not.
        Assert.Equal(50, _folder.Sql(
            "INSERT INTO log_index SELECT chain, sequence, rowid FROM log ORDER BY chain, sequence LIMIT 50"));
        var index = new LogIndex(100, 9);
        using (var store = new Store(_folder, _keys, index, create: false))
        {
            await AssertAllAsync(store.Log);
            await AppendAsync(store.Log, "chain 3"); // and the move begins anew
            await index.Sorting;
            await AppendAsync(store.Log, "chain 3");
            while (store.Log.HasMore) await Task.Yield();
            await AssertAllAsync(store.Log);
        }
        Assert.Equal(120, _folder.Value<long>("SELECT value FROM meta WHERE name = 'indexed'"));
        using (var store = new Store(_folder, _keys, new LogIndex(), create: false)) await AssertAllAsync(store.Log);
    }

    [Fact]
    public async Task A_row_out_of_turn_is_refused_wherever_the_chain_is_known_from()
    {
        using (var store = new Store(_folder, _keys, new LogIndex(5, 100), create: true))
            for (var i = 0; i < 30; i++) await AppendAsync(store.Log, "chain");
        using var again = new Store(_folder, _keys, new LogIndex(5, 100), create: false);
        foreach (var sequence in (long[])[1, 29, 30, 32])
        {
            var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
                () => again.Log.AppendAsync(SqliteWriterTests.Row("chain", sequence)));
            Assert.Equal(ErrorCode.Conflict, refusal.Code);
        }
        await AppendAsync(again.Log, "chain");
    }

    private async Task AppendAsync(SqliteAccessLog log, string chain)
    {
        var sequence = _written.GetValueOrDefault(chain) + 1;
        await log.AppendAsync(SqliteWriterTests.Row(chain, sequence, BitConverter.GetBytes(sequence)));
        _written[chain] = sequence;
    }

    private async Task AssertAllAsync(SqliteAccessLog log)
    {
        foreach (var (chain, last) in _written)
        {
            AssertIs(chain, await log.ReadAsync(chain, 1, 1_000), 1, last);
            AssertIs(chain, await log.TailAsync(chain, 1), last, last);
        }
        await log.CheckAsync(TestContext.Current.CancellationToken);
    }

    private static void AssertIs(string chain, IReadOnlyList<LogRow> rows, long from, long to)
    {
        Assert.Equal(Math.Max(0, to - from + 1), rows.Count);
        Assert.All(rows, (row, i) =>
        {
            Assert.Equal((chain, from + i), (row.Chain, row.Sequence));
            Assert.Equal(BitConverter.GetBytes(from + i), row.Body);
        });
    }

    public void Dispose()
    {
        _keys.Dispose();
        _folder.Dispose();
    }

    private sealed class Store : IDisposable
    {
        private readonly SqliteWriter _writer;
        private readonly SqliteReaders _readers;

        internal Store(DataFolder folder, InstallationKeys keys, LogIndex index, bool create)
        {
            _writer = new SqliteWriter(SqliteFile.OpenWriter(folder.Database, create));
            _readers = new SqliteReaders(folder.Database);
            Log = new SqliteAccessLog(_writer, _readers, keys, index);
            _writer.BatchEnd = Log;
            _writer.Start();
        }

        internal SqliteAccessLog Log { get; }

        public void Dispose()
        {
            _readers.Dispose();
            _writer.Dispose();
            Log.Dispose();
        }
    }
}
