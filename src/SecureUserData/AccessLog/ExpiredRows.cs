namespace SecureUserData.AccessLog;

/// <summary>Emptied rows that a verification has met and for which it has not met the authority yet: a later, authentic
/// entry <see cref="Activity.LogExpired"/> of the same chain and application that covers them.</summary>
internal sealed class ExpiredRows
{
    private readonly Dictionary<string, Chain> _chains = [];

    /// <summary>The first entry without authority; null when there is none.</summary>
    internal string? FirstUncovered => _chains
        .OrderBy(chain => chain.Key, StringComparer.Ordinal)
        .Select(chain => LogMac.Place(chain.Key, chain.Value.Ranges[0].First))
        .FirstOrDefault();

    /// <summary>Takes note of an emptied row; rows of a chain come in order.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> when the rows of one chain name two
    /// applications.</exception>
    internal void Add(string name, long sequence, AppId app)
    {
        if (!_chains.TryGetValue(name, out var chain)) _chains[name] = chain = new Chain(app, []);
        if (chain.App != app) throw SecureUserDataException.Tampered(LogMac.Place(name, sequence));
        var ranges = chain.Ranges;
        if (ranges.Count > 0 && ranges[^1].Last == sequence - 1) ranges[^1] = (ranges[^1].First, sequence);
        else ranges.Add((sequence, sequence));
    }

    /// <summary>Takes note of an authentic entry.</summary>
    internal void Cover(string name, long sequence, LogEntry entry)
    {
        if (entry is not { Activity: Activity.LogExpired, Through: { } through }
            || !_chains.TryGetValue(name, out var chain)
            || chain.App.ToString() != entry.App)
            return;
        through = Math.Min(through, sequence - 1);
        var left = new List<(long First, long Last)>();
        foreach (var (first, last) in chain.Ranges)
        {
            foreach (var kept in entry.Kept ?? [])
                if (kept >= first && kept <= Math.Min(last, through)) left.Add((kept, kept));
            if (last > through) left.Add((Math.Max(first, through + 1), last));
        }
        if (left.Count == 0) _chains.Remove(name);
        else _chains[name] = chain with { Ranges = left };
    }

    private sealed record Chain(AppId App, List<(long First, long Last)> Ranges);
}
