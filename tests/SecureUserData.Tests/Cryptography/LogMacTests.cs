using System.Text;
using SecureUserData.AccessLog;
using SecureUserData.Cryptography;
using SecureUserData.Ports;

namespace SecureUserData.Tests.Cryptography;

public sealed class LogMacTests
{
    [Fact]
    public void Rows_are_chained_as_the_specification_says()
    {
        var vector = Vectors.Read("log");
        using var key = SecretKey.From(vector.Hex("key"));
        var previous = LogMac.Start;
        foreach (var row in vector.GetProperty("rows").EnumerateArray())
        {
            var stored = new LogRow(
                vector.Text("chain"), row.Number("sequence"), Encoding.UTF8.GetBytes(row.Text("body")), row.Hex("mac"));
            Assert.Equal(stored.Mac, LogMac.Compute(key, previous, stored.Chain, stored.Sequence, stored.Body));
            Assert.True(LogMac.Verify(key, previous, stored));
            Assert.False(LogMac.Verify(key, Flip(previous, 31), stored));
            Assert.False(LogMac.Verify(key, previous, stored with { Sequence = stored.Sequence + 1 }));
            Assert.False(LogMac.Verify(key, previous, stored with { Chain = stored.Chain[..^1] + "9" }));
            Assert.False(LogMac.Verify(key, previous, stored with { Mac = [] }));
            for (var i = 0; i < stored.Body.Length; i++)
                Assert.False(LogMac.Verify(key, previous, stored with { Body = Flip(stored.Body, i) }));
            for (var i = 0; i < stored.Mac.Length; i++)
                Assert.False(LogMac.Verify(key, previous, stored with { Mac = Flip(stored.Mac, i) }));
            Assert.Equal(stored.Body, LogEntry.Parse(stored.Body, "here").ToBody());
            previous = stored.Mac;
        }
    }

    [Fact]
    public void Batches_are_chained_as_the_specification_says()
    {
        var vector = Vectors.Read("log");
        using var keys = KeyHierarchyTests.InstallationWith(new byte[SecretKey.Length], vector.Hex("batchKey"));
        using var writer = new BatchChain(keys, LogWriter.Only, null);
        LogBatch? previous = null;
        foreach (var expected in vector.GetProperty("batches").EnumerateArray())
        {
            var macs = expected.Texts("macs").Select(Convert.FromHexString).ToList();
            var batch = writer.Next(expected.Number("first"), macs);
            writer.Stored(batch);
            Assert.Equal(
                (expected.Number("first"), expected.Number("last"), expected.Number("number")),
                (batch.First, batch.Last, batch.Number));
            Assert.Equal(expected.Hex("digest"), batch.Digest);
            Assert.Equal(expected.Hex("mac"), batch.Mac);
            Assert.True(BatchChain.Verify(keys, LogWriter.Only, previous, batch));
            Assert.False(BatchChain.Verify(keys, LogWriter.Only, batch, batch));
            foreach (var wrong in (LogBatch[])
                [batch with { Last = batch.Last + 1 }, batch with { Number = batch.Number + 1 },
                    batch with { First = batch.First + 1 }, batch with { Digest = Flip(batch.Digest, 0) },
                    batch with { Digest = [] }, batch with { Mac = Flip(batch.Mac, 0) }, batch with { Mac = [] },
                    batch with { Digest = [], Mac = [] }])
                Assert.False(BatchChain.Verify(keys, LogWriter.Only, previous, wrong));
            previous = batch;
        }
    }

    [Fact]
    public void Writers_are_chained_as_the_specification_says()
    {
        var vector = Vectors.Read("log");
        using var keys = KeyHierarchyTests.InstallationWith(new byte[SecretKey.Length], vector.Hex("batchKey"));
        var writers = new List<LogWriter>();
        foreach (var expected in vector.GetProperty("writers").EnumerateArray())
        {
            var previous = writers.LastOrDefault();
            var writer = LogWriter.Next(keys, previous);
            Assert.Equal((expected.Number("number"), false), (writer.Number, writer.IsOnly));
            Assert.Equal(expected.Hex("start"), writer.Start);
            Assert.True(LogWriter.Verify(keys, previous, writer));
            foreach (var wrong in (LogWriter[])
                [writer with { Number = writer.Number + 1 }, writer with { Start = Flip(writer.Start, 0) },
                    writer with { Start = [] }])
                Assert.False(LogWriter.Verify(keys, previous, wrong));
            Assert.False(LogWriter.Verify(keys, writer, writer));
            writers.Add(writer);
        }
        Assert.False(LogWriter.Verify(keys, writers[0], writers[2]));

        var first = vector.GetProperty("firstBatchOfWriter2");
        using var chain = new BatchChain(keys, writers[1], null);
        var batch = chain.Next(first.Number("first"), [.. first.Texts("macs").Select(Convert.FromHexString)]);
        Assert.Equal(first.Hex("mac"), batch.Mac);
        Assert.True(BatchChain.Verify(keys, writers[1], null, batch));
        Assert.False(BatchChain.Verify(keys, writers[0], null, batch));
        Assert.False(BatchChain.Verify(keys, LogWriter.Only, null, batch));
    }

    [Fact]
    public void The_writer_of_a_log_in_one_file_is_the_first_and_others_may_follow()
    {
        using var keys = KeyHierarchyTests.InstallationWith(new byte[SecretKey.Length], new byte[SecretKey.Length]);
        Assert.True(LogWriter.Verify(keys, null, LogWriter.Only));
        Assert.True(LogWriter.Verify(keys, LogWriter.Only, LogWriter.Next(keys, LogWriter.Only)));
        Assert.False(LogWriter.Verify(keys, LogWriter.Only, LogWriter.Next(keys, LogWriter.Next(keys, null))));
        Assert.False(LogWriter.Verify(keys, LogWriter.Only, LogWriter.Only with { Number = 2 }));
        Assert.False(LogWriter.Verify(keys, LogWriter.Next(keys, null), LogWriter.Only with { Number = 2 }));
        Assert.False(LogWriter.Verify(keys, LogWriter.Next(keys, null), LogWriter.Only));
    }

    private static byte[] Flip(byte[] bytes, int at)
    {
        var flipped = bytes.ToArray();
        flipped[at] ^= (byte)(1 << (at % 8));
        return flipped;
    }
}
