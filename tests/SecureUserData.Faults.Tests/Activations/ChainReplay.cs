using System.Globalization;

namespace SecureUserData.Faults.Tests.Activations;

/// <summary>What the log of one user tells, read from its beginning.</summary>
internal static class ChainReplay
{
    /// <summary>The entries that nothing on record says were not applied.</summary>
    internal static List<AccessLogEntry> Applied(IReadOnlyList<AccessLogEntry> log)
    {
        var rejected = log
            .Where(entry => entry.Activity == Activity.NotApplied)
            .Select(entry => long.Parse(entry.Names[0]["entry/".Length..], CultureInfo.InvariantCulture))
            .ToHashSet();
        return [.. log.Where(entry => !rejected.Contains(entry.Sequence))];
    }

    internal static string Text(IEnumerable<AccessLogEntry> log) => string.Join(
        '\n', log.Select(entry => $"{entry.Sequence} {entry.Activity} {string.Join(' ', entry.Names)}"));

    /// <summary>Every number is there once, and nothing was read while it was not allowed.</summary>
    internal static void Assert(IReadOnlyList<AccessLogEntry> log, IEnumerable<string> history)
    {
        Xunit.Assert.Equal(Enumerable.Range(1, log.Count), log.Select(entry => (int)entry.Sequence));
        var (status, paused) = (ConsentStatus.Requested, false);
        foreach (var entry in Applied(log))
        {
            if (entry.Activity == Activity.ConsentDecided) status = entry.Decision!.Status;
            if (entry.Activity == Activity.ProcessingPaused) paused = true;
            if (entry.Activity == Activity.ProcessingResumed) paused = false;
            if (entry.Activity == Activity.DataRead)
                Xunit.Assert.True(
                    status == ConsentStatus.Given && !paused,
                    $"entry {entry.Sequence} is a reading while {status}:\n{string.Join('\n', history)}");
        }
    }
}
