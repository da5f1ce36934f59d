using SecureUserData.Ports;

namespace SecureUserData.AccessLog;

/// <summary>Where a log ends that was verified.</summary>
/// <param name="Entries">How many entries it has.</param>
/// <param name="Writers">Where each writer ends.</param>
/// <param name="Chains">The newest entry of each chain.</param>
internal sealed record VerifiedHeads(
    long Entries,
    IReadOnlyList<WriterHead> Writers,
    IReadOnlyDictionary<string, (long Sequence, byte[] Mac)> Chains)
{
    /// <summary>What there is to say to those who asked.</summary>
    internal LogVerified Summary => new(Entries, Chains.Count, Writers.Sum(writer => writer.Loose));
}

/// <summary>Where a writer ends.</summary>
/// <param name="Writer">The writer.</param>
/// <param name="Newest">Its newest batch; null when it has none.</param>
/// <param name="Loose">How many of its rows no batch covers.</param>
internal sealed record WriterHead(LogWriter Writer, LogBatch? Newest, int Loose)
{
    /// <summary>What is said of it elsewhere.</summary>
    internal LogBatchHead? Head => Newest?.Head(Writer);
}

/// <summary>What a verification went through without finding anything wrong.</summary>
/// <param name="Entries">Rows of the access log.</param>
/// <param name="Chains">Chains of users, applications, parts of their look-ups and the installation.</param>
/// <param name="Loose">Rows among them that their own chains vouch for alone: what a process had begun to append and
/// was not finished with, or when it was killed. None where one process writes the log.</param>
public sealed record LogVerified(long Entries, int Chains, long Loose);
