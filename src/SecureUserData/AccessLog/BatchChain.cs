using System.Buffers.Binary;
using System.Security.Cryptography;
using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Ports;

namespace SecureUserData.AccessLog;

/// <summary>A writer's chain over its group commits, so that a whole chain of one entity cannot vanish unseen:
/// <c>HMAC-SHA-256(batch key, { previous MAC(32) || number(8) || first(8) || last(8) || digest(32) })</c>. Before the
/// first one comes the writer's start.</summary>
internal sealed class BatchChain : IDisposable
{
    private readonly SecretKey _key;
    private readonly LogWriter _writer;
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private LogBatch? _last;

    /// <param name="keys">The installation's keys.</param>
    /// <param name="writer">The writer.</param>
    /// <param name="last">Its newest stored batch; null when there is none.</param>
    internal BatchChain(InstallationKeys keys, LogWriter writer, LogBatch? last)
    {
        _key = keys.Batches;
        _writer = writer;
        _last = last;
    }

    /// <summary>The batch over the rows from <paramref name="first"/> on with these MACs.</summary>
    internal LogBatch Next(long first, IReadOnlyList<byte[]> macs)
    {
        foreach (var mac in macs) _digest.AppendData(mac);
        var digest = _digest.GetHashAndReset();
        var batch = new LogBatch(first, first + macs.Count - 1, (_last?.Number ?? 0) + 1, digest, []);
        return batch with { Mac = Compute(_key, _last?.Mac ?? _writer.Start, batch) };
    }

    /// <summary>Takes note that the batch has been stored.</summary>
    internal void Stored(LogBatch batch) => _last = batch;

    /// <summary>Whether a batch follows another, and is what its writer made.</summary>
    internal static bool Verify(InstallationKeys keys, LogWriter writer, LogBatch? previous, LogBatch batch) =>
        batch.Number == (previous?.Number ?? 0) + 1
        && batch.First == (previous?.Last ?? 0) + 1
        && batch.Last >= batch.First
        && batch is { Digest.Length: 32, Mac.Length: 32 }
        && CryptographicOperations.FixedTimeEquals(
            batch.Mac, Compute(keys.Batches, previous?.Mac ?? writer.Start, batch));

    private static byte[] Compute(SecretKey key, byte[] previous, LogBatch batch)
    {
        Span<byte> input = stackalloc byte[32 + 8 + 8 + 8 + 32];
        input.Clear();
        if (previous.Length == LogMac.Length) previous.CopyTo(input); // the batch before may not have been verified
        BinaryPrimitives.WriteInt64BigEndian(input[32..], batch.Number);
        BinaryPrimitives.WriteInt64BigEndian(input[40..], batch.First);
        BinaryPrimitives.WriteInt64BigEndian(input[48..], batch.Last);
        batch.Digest.CopyTo(input[56..]);
        return key.Mac(input);
    }

    public void Dispose() => _digest.Dispose();
}
