using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using SecureUserData.Cluster.Security;

namespace SecureUserData.Cluster.Tests.Security;

/// <summary>The guard on bytes alone: <c>{ flags(16) || direction(4) || result(4) || hops(8) }</c>.</summary>
public sealed class GuardedMessagesTests
{
    private const uint Request = 0x0001_0000;

    [Theory]
    [InlineData(Request)]
    [InlineData(Request | 0x0001)] // to a part of the runtime
    [InlineData(Request | 0x0170)] // request context, version, interface, time to live
    public async Task A_plain_request_goes_through(uint kind)
    {
        var sent = (byte[])[.. Preamble(), .. Message(kind), .. Message(kind)];
        Assert.Equal(sent, await ReadAsync(sent, pieces: sent.Length));
        Assert.Equal(sent, await ReadAsync(sent, pieces: 1));
        Assert.Equal(sent, await ReadAsync(sent, pieces: 7));
    }

    [Theory]
    [InlineData(0x0000_0000)] // no direction
    [InlineData(0x0002_0000)] // a response
    [InlineData(0x0003_0000)] // one-way
    [InlineData(0x0011_0000)] // with a result
    [InlineData(0x0031_0000)] // a rejection
    [InlineData(0x0101_0000)] // forwarded
    [InlineData(Request | 0x0002)] // read-only
    [InlineData(Request | 0x0004)] // may interleave
    [InlineData(Request | 0x0008)] // unordered
    [InlineData(Request | 0x0080)] // advice where grains are
    [InlineData(Request | 0x0200)] // local only
    [InlineData(Request | 0x0400)] // keeps nothing alive
    [InlineData(Request | 0x8000)] // reserved
    public async Task Anything_else_does_not(uint kind)
    {
        var first = (byte[])[.. Preamble(), .. Message(kind)];
        var second = (byte[])[.. Preamble(), .. Message(Request), .. Message(kind)];
        foreach (var sent in new[] { first, second })
            foreach (var pieces in new[] { 1, 7, sent.Length })
                await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(sent, pieces));
    }

    /// <summary>Reads as the runtime does: takes whole messages, and leaves the rest.</summary>
    private static async Task<byte[]> ReadAsync(byte[] sent, int pieces)
    {
        var pipe = new Pipe();
        var guard = new GatewayGuard(pipe.Reader);
        var read = new List<byte>();
        var isPreambleOver = false;
        foreach (var piece in sent.Chunk(pieces))
        {
            await pipe.Writer.WriteAsync(piece, TestContext.Current.CancellationToken);
            var buffer = (await guard.ReadAsync(TestContext.Current.CancellationToken)).Buffer;
            while (LengthOf(buffer, isPreambleOver) is { } length && buffer.Length >= length)
            {
                read.AddRange(buffer.Slice(0, length).ToArray());
                buffer = buffer.Slice(length);
                isPreambleOver = true;
            }
            guard.AdvanceTo(buffer.Start, buffer.End);
        }
        return [.. read];
    }

    private static long? LengthOf(ReadOnlySequence<byte> buffer, bool isPreambleOver)
    {
        var bytes = buffer.ToArray();
        if (!isPreambleOver) return bytes.Length < 4 ? null : 4 + BinaryPrimitives.ReadInt32LittleEndian(bytes);
        return bytes.Length < 8
            ? null
            : 8 + BinaryPrimitives.ReadInt32LittleEndian(bytes)
                + BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4));
    }

    private static byte[] Preamble() => [5, 0, 0, 0, 1, 2, 3, 4, 5];

    private static byte[] Message(uint kind)
    {
        var message = new byte[8 + 20 + 300];
        BinaryPrimitives.WriteInt32LittleEndian(message, 20);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(4), 300);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(8), kind);
        return message;
    }
}
