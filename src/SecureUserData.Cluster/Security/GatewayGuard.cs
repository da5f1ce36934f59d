using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace SecureUserData.Cluster.Security;

/// <summary>Stands before the runtime at every client's connection and lets plain requests through, and nothing else
/// that a message can say it is: an answer to somebody else's call, a call that may run beside others, advice where
/// grains are. The runtime believes all of that. A client that sends it loses its connection.
/// <para>It reads what the runtime sends before messages, <c>{ length(4) || preamble }</c>, and of each message
/// <c>{ headerLength(4) || bodyLength(4) || kind(4) || … }</c>, little-endian; kind is
/// <c>{ flags(16) || direction(4) || result(4) || hops(8) }</c>, lowest bits first.</para></summary>
/// <param name="input">What the client sends, after TLS.</param>
internal sealed class GatewayGuard(PipeReader input) : PipeReader
{
    private const int PreambleHead = sizeof(int);
    private const int MessageHead = 3 * sizeof(int);
    private const uint Request = 1 << 16;

    /// <summary>The flags of plain requests: they go to a part of the runtime, such as the one that tells which grains
    /// there are; have a request context, an interface, its version, and a time to live.</summary>
    private const uint Harmless = (1 << 0) | (1 << 4) | (1 << 5) | (1 << 6) | (1 << 8);

    private ReadOnlySequence<byte> _buffer;
    private bool _isPreambleOver;
    private long _next; // where the next message begins, from the beginning of the buffer

    /// <summary>Guards a connection.</summary>
    internal static ConnectionDelegate Guard(ConnectionDelegate next) => connection =>
    {
        connection.Transport = new GuardedPipe(
            new GatewayGuard(connection.Transport.Input), connection.Transport.Output);
        return next(connection);
    };

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        Look(await input.ReadAsync(cancellationToken));

    public override bool TryRead(out ReadResult result)
    {
        if (!input.TryRead(out result)) return false;
        Look(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _next -= _buffer.Slice(_buffer.Start, consumed).Length;
        input.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => input.CancelPendingRead();

    public override void Complete(Exception? exception = null) => input.Complete(exception);

    /// <summary>Looks at the beginning of each message before the runtime has the whole of it.</summary>
    private ReadResult Look(ReadResult result)
    {
        _buffer = result.Buffer;
        Span<byte> head = stackalloc byte[MessageHead];
        if (!_isPreambleOver)
        {
            if (_buffer.Length < PreambleHead) return result;
            _buffer.Slice(0, PreambleHead).CopyTo(head);
            _next = PreambleHead + (long)BinaryPrimitives.ReadUInt32LittleEndian(head);
            _isPreambleOver = true;
        }
        while (_buffer.Length >= _next + MessageHead)
        {
            _buffer.Slice(_next, MessageHead).CopyTo(head);
            var kind = BinaryPrimitives.ReadUInt32LittleEndian(head[8..]);
            if ((kind & ~Harmless) != Request)
                throw new InvalidDataException($"A client has sent a message of the kind {kind:x8}, which none needs.");
            _next += 8 + (long)BinaryPrimitives.ReadUInt32LittleEndian(head)
                + BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
        }
        return result;
    }

    private sealed class GuardedPipe(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
