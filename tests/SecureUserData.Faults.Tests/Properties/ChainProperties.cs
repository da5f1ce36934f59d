using FsCheck;
using FsCheck.Fluent;
using SecureUserData.AccessLog;
using SecureUserData.Cryptography;
using SecureUserData.Ports;

namespace SecureUserData.Faults.Tests.Properties;

/// <summary>Whatever is done to the rows of a log that somebody without keys can do is found, but for what is cut from
/// its end.</summary>
public sealed class ChainProperties
{
    private const string Name = "usr_01jd5tq9rkf0r8hxm2n4vwczye";

    private static readonly AppId App = AppId.Parse("app_01jd5tq9rkf0r8hxm2n4vwczye");

    private static readonly Gen<(int Length, int At, int Other, int Bit)> Places =
        from length in Gen.Choose(2, 12)
        from at in Gen.Choose(0, length - 2)
        from other in Gen.Choose(at + 1, length - 1)
        from bit in Gen.Choose(0, int.MaxValue)
        select (length, at, other, bit);

    [Fact]
    public void Every_edit_removal_swap_and_insertion_in_a_chain_is_found() => Sampled.Holds(Places, place =>
    {
        var (length, at, other, bit) = place;
        using var keys = new VersionedKeys(1, SecretKey.Random());
        var rows = Make(length, keys);
        Assert.Null(Verify(rows, keys));
        List<LogRow>[] changes =
        [
            With(rows, at, rows[at] with { Body = Flip(rows[at].Body, bit) }),
            With(rows, other, rows[other] with { Mac = Flip(rows[other].Mac, bit) }),
            With(rows, at, rows[at] with { Body = rows[other].Body }),
            With(rows, at, rows[at] with { Body = rows[other].Body, Mac = rows[other].Mac }),
            [.. rows[..at], .. rows[(at + 1)..]],
            Renumbered([.. rows[..at], .. rows[(at + 1)..]]),
            Renumbered([.. rows[..at], rows[other], .. rows[at..]]),
            Renumbered([.. rows[..at], rows[other], .. rows[(at + 1)..other], rows[at], .. rows[(other + 1)..]]),
            Renumbered([.. rows, rows[at]]),
            With(rows, at, rows[at] with { Body = ExpiredBody.Of(App) }),
        ];
        for (var change = 0; change < changes.Length; change++)
            Assert.True(Verify(changes[change], keys) == ErrorCode.Tampered, $"change {change} is not found");
    });

    [Fact]
    public void Emptied_entries_pass_exactly_where_there_is_authority() => Sampled.Holds(
        Places.Zip(Sampled.Choices, (place, kept) => (Place: place, Kept: kept)),
        sample =>
        {
            using var keys = new VersionedKeys(1, SecretKey.Random());
            var rows = Make(sample.Place.Length, keys);
            var through = sample.Place.At + 1;
            var expiry = new LogExpiry(
                through, [.. sample.Kept.Select(kept => 1L + (kept % through)).Distinct().Order()], IsPending: false);
            for (var i = 0; i < rows.Count; i++)
                if (expiry.Covers(i + 1)) rows[i] = rows[i] with { Body = ExpiredBody.Of(App) };
            Assert.Null(Verify(rows, keys, expiry));
            for (var i = 0; i < rows.Count; i++)
                if (!expiry.Covers(i + 1))
                    Assert.Equal(
                        ErrorCode.Tampered,
                        Verify(With(rows, i, rows[i] with { Body = ExpiredBody.Of(App) }), keys, expiry));
        });

    [Fact]
    public void Every_change_in_the_chain_of_batches_is_found() => Sampled.Holds(Places, place =>
    {
        var (length, at, other, bit) = place;
        using var keys = InstallationOfNobody.Keys();
        var batches = Batches(length, keys);
        Assert.True(Verify(batches, keys));
        List<LogBatch>[] changes =
        [
            With(batches, at, batches[at] with { Digest = Flip(batches[at].Digest, bit) }),
            With(batches, at, batches[at] with { Mac = Flip(batches[at].Mac, bit) }),
            With(batches, at, batches[at] with { Last = batches[at].Last + 1 }),
            With(batches, at, batches[at] with { Number = batches[at].Number + 1 }),
            With(batches, at, batches[other]),
            [.. batches[..at], .. batches[(at + 1)..]],
            [.. batches[..at], batches[other], .. batches[(at + 1)..other], batches[at], .. batches[(other + 1)..]],
            [.. batches, batches[at]],
        ];
        for (var change = 0; change < changes.Length; change++)
            Assert.False(Verify(changes[change], keys), $"change {change} is not found");
    });

    private static List<LogRow> Make(int length, VersionedKeys keys)
    {
        var log = new LogOfRows([]);
        var chain = new Chain(Name, App, log);
        for (var i = 0; i < length; i++)
            chain.AppendAsync(
                new LogEntry { Actor = $"actor {i}", At = i, Activity = Activity.OwnDataRead }, keys).Wait();
        return log.Rows;
    }

    private static ErrorCode? Verify(List<LogRow> rows, VersionedKeys keys, LogExpiry? expiry = null)
    {
        var chain = new Chain(Name, App, new LogOfRows(rows)) { Expiry = expiry ?? LogExpiry.None };
        return Sampled.CodeOf(() => Assert.Equal(
            rows.Count, chain.ReadAsync(0, Limits.PageItems, keys).GetAwaiter().GetResult().Count));
    }

    private static List<LogBatch> Batches(int length, Applications.InstallationKeys keys)
    {
        using var chain = new BatchChain(keys, LogWriter.Only, null);
        var batches = new List<LogBatch>();
        for (var i = 0; i < length; i++)
        {
            var macs = Enumerable.Range(0, 1 + (i % 3)).Select(row => new byte[LogMac.Length]).ToList();
            batches.Add(chain.Next(batches.LastOrDefault()?.Last + 1 ?? 1, macs));
            chain.Stored(batches[^1]);
        }
        return batches;
    }

    private static bool Verify(List<LogBatch> batches, Applications.InstallationKeys keys)
    {
        LogBatch? previous = null;
        foreach (var batch in batches)
        {
            if (!BatchChain.Verify(keys, LogWriter.Only, previous, batch)) return false;
            previous = batch;
        }
        return true;
    }

    private static List<T> With<T>(List<T> items, int at, T item) => [.. items[..at], item, .. items[(at + 1)..]];

    private static List<LogRow> Renumbered(List<LogRow> rows) =>
        [.. rows.Select((row, i) => row with { Sequence = i + 1 })];

    private static byte[] Flip(byte[] bytes, int bit)
    {
        var flipped = bytes.ToArray();
        flipped[bit / 8 % bytes.Length] ^= (byte)(1 << (bit % 8));
        return flipped;
    }

    /// <summary>A log of one chain, in memory.</summary>
    private sealed class LogOfRows(List<LogRow> rows) : IAccessLog
    {
        internal List<LogRow> Rows => rows;

        public Task AppendAsync(LogRow row)
        {
            rows.Add(row);
            return Task.CompletedTask;
        }

        public ValueTask<IReadOnlyList<LogRow>> TailAsync(string chain, int count) =>
            new([.. Enumerable.Reverse(rows).Take(count)]);

        public ValueTask<IReadOnlyList<LogRow>> ReadAsync(string chain, long from, int limit) =>
            new([.. rows.Where(row => row.Sequence >= from).Take(limit)]);

        public Task ExpireAsync(string chain, IReadOnlyList<long> sequences, byte[] body) =>
            throw new NotSupportedException();

        public LogWriter? Own => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<LogWriter>> WritersAsync(long after, int limit) =>
            throw new NotSupportedException();

        public ValueTask<IReadOnlyList<LogScanRow>> ScanAsync(long writer, long after, int limit) =>
            throw new NotSupportedException();

        public ValueTask<IReadOnlyList<LogBatch>> BatchesAsync(long writer, long after, int limit) =>
            throw new NotSupportedException();

        public ValueTask<LogBatch?> NewestBatchAsync(long writer) => throw new NotSupportedException();

        public Task CheckAsync(CancellationToken cancellation) => throw new NotSupportedException();
    }
}
