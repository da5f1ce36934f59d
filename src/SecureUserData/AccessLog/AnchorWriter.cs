using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using SecureUserData.Applications;

namespace SecureUserData.AccessLog;

/// <summary>Writes an anchor of a log that has just been verified: nobody signs what does not hold.</summary>
internal static class AnchorWriter
{
    /// <summary>Bytes that go to the stream at once.</summary>
    private const int FlushAt = 64 * 1024;

    /// <summary>Writes it; besides what the verification holds already it takes one reference for each chain.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="heads">What was verified.</param>
    /// <param name="keys">The installation's keys.</param>
    /// <param name="at">The time.</param>
    /// <param name="cancellation">Stops it; what is written then is no whole anchor.</param>
    internal static async Task<LogAnchorStatement> WriteAsync(
        Stream to, VerifiedHeads heads, InstallationKeys keys, DateTimeOffset at, CancellationToken cancellation)
    {
        var chains = heads.Chains.Keys.ToArray();
        Array.Sort(chains, StringComparer.Ordinal);
        var isOnly = heads.Writers is [{ Writer.IsOnly: true }];
        var statement = new LogAnchorStatement(
            LogAnchorStatement.CurrentFormat,
            at,
            heads.Entries,
            isOnly ? heads.Writers[0].Head : null,
            chains.Length,
            Base64Url.EncodeToString(Hash(chains, heads)))
        {
            Writers = isOnly ? null : [.. heads.Writers.Select(writer => writer.Head).OfType<LogBatchHead>()],
        };
        var text = keys.Certificates.Sign(LogAnchor.Kind, statement, StatementJson.Default.LogAnchorStatement);
        await to.WriteAsync(Encoding.ASCII.GetBytes(text + "\n"), cancellation);
        var lines = new MemoryStream(FlushAt);
        foreach (var chain in chains)
        {
            lines.Write(Line(chain, heads));
            if (lines.Length < FlushAt) continue;
            await WriteAsync(lines, to, cancellation);
        }
        await WriteAsync(lines, to, cancellation);
        return statement;
    }

    private static async Task WriteAsync(MemoryStream lines, Stream to, CancellationToken cancellation)
    {
        await to.WriteAsync(lines.GetBuffer().AsMemory(0, (int)lines.Length), cancellation);
        lines.SetLength(0);
    }

    private static byte[] Hash(string[] chains, VerifiedHeads heads)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var chain in chains) hash.AppendData(Line(chain, heads));
        return hash.GetHashAndReset();
    }

    private static byte[] Line(string chain, VerifiedHeads heads)
    {
        var (sequence, mac) = heads.Chains[chain];
        return Encoding.ASCII.GetBytes(LogAnchor.Line(chain, sequence, mac) + "\n");
    }
}
