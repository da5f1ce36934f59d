using System.Buffers.Binary;
using System.Security.Cryptography;
using SecureUserData.AccessLog;
using SecureUserData.Applications;

namespace SecureUserData.Ports;

/// <summary>One who appends to the access log: a process, from its first batch to its end. Where there are several,
/// each start covers the one before, so that none can be taken out of the middle unseen:
/// <c>HMAC-SHA-256(batch key, { "writer"(6) || previous start(32) || number(8) })</c>, 32 zero bytes before the first.
/// </summary>
/// <param name="Number">Its number, from 1 without gaps in the order in which writers began.</param>
/// <param name="Start">What its first batch is chained to; 32 bytes.</param>
public sealed record LogWriter(long Number, byte[] Start)
{
    /// <summary>Rows that no batch covers, at the most: what the group commit that was under way leaves when the
    /// writer's process is killed. A store makes no larger group commits.</summary>
    internal const int LooseRows = 2 * Limits.PageItems;

    /// <summary>The writer of a log in one file; it starts with 32 zero bytes.</summary>
    internal static LogWriter Only { get; } = new(1, LogMac.Start);

    /// <summary>Whether it is the writer of a log in one file. No other start is all zeros.</summary>
    internal bool IsOnly => Number == 1 && Start.AsSpan().SequenceEqual(LogMac.Start);

    /// <summary>Names what it has written.</summary>
    internal string Log => IsOnly ? "the access log" : $"writer {Number} of the access log";

    /// <summary>Names a place in that.</summary>
    internal string Place(string what) => $"{what} of {Log}";

    /// <summary>The writer that begins after another one.</summary>
    /// <param name="keys">The installation's keys.</param>
    /// <param name="previous">The newest writer; null when there is none.</param>
    internal static LogWriter Next(InstallationKeys keys, LogWriter? previous)
    {
        var number = (previous?.Number ?? 0) + 1;
        Span<byte> input = stackalloc byte[6 + LogMac.Length + 8];
        "writer"u8.CopyTo(input);
        input[6..].Clear();
        if (previous is { Start.Length: LogMac.Length }) previous.Start.CopyTo(input[6..]);
        BinaryPrimitives.WriteInt64BigEndian(input[(6 + LogMac.Length)..], number);
        return new LogWriter(number, keys.Batches.Mac(input));
    }

    /// <summary>The writers after one that was verified, each verified; null for all.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> with the first that is not the next.
    /// </exception>
    internal static async Task<List<LogWriter>> AfterAsync(IAccessLog log, InstallationKeys keys, LogWriter? previous)
    {
        var writers = new List<LogWriter>();
        while (await log.WritersAsync(previous?.Number ?? 0, Limits.PageItems) is { Count: > 0 } page)
            foreach (var writer in page)
            {
                if (!Verify(keys, previous, writer))
                    throw SecureUserDataException.Tampered($"writer {(previous?.Number ?? 0) + 1} of the access log");
                writers.Add(previous = writer);
            }
        return writers;
    }

    /// <summary>Whether a writer follows another, which was verified. The only one can be followed: where an
    /// installation has moved to a cluster, its processes go on after it.</summary>
    internal static bool Verify(InstallationKeys keys, LogWriter? previous, LogWriter writer)
    {
        if (previous is null && writer.IsOnly) return true;
        var next = Next(keys, previous);
        return writer.Number == next.Number && CryptographicOperations.FixedTimeEquals(writer.Start, next.Start);
    }
}
