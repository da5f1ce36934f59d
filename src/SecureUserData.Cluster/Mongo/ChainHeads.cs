using MongoDB.Bson;
using MongoDB.Driver;

namespace SecureUserData.Cluster.Mongo;

/// <summary>Tells whether rows are the next of their chains. The newest numbers that this process has stored are kept,
/// so that a chain is looked up when the process comes to it and not for every row; that another process has gone on
/// is told by the id, which is unique.</summary>
internal sealed class ChainHeads(IMongoCollection<BsonDocument> rows)
{
    private const int Kept = 65_536;

    private static readonly BsonDocument IdOnly = new(Documents.Id, 1);

    private readonly Dictionary<string, long> _newest = [];

    /// <summary>Refuses those that are not the next; at most one of each chain.</summary>
    /// <returns>The others, in the order of their chains, which is that of their ids: where the log is sharded, those
    /// of a shard follow each other.</returns>
    internal async Task<IReadOnlyList<LogAppend>> TakeNextAsync(IReadOnlyList<LogAppend> appends)
    {
        var unknown = appends.Where(append => append.Row.Sequence > 1 && !Follows(append)).ToList();
        var there = unknown.Count == 0 ? [] : await FindAsync(unknown);
        var next = new List<LogAppend>(appends.Count);
        foreach (var append in appends)
        {
            var (chain, sequence) = (append.Row.Chain, append.Row.Sequence);
            if (sequence < 1 || _newest.GetValueOrDefault(chain) >= sequence
                || there.Contains(LogDocuments.Id(chain, sequence))
                || (sequence > 1 && !Follows(append) && !there.Contains(LogDocuments.Id(chain, sequence - 1))))
                append.Conflicts();
            else
                next.Add(append);
        }
        next.Sort(static (a, b) => string.CompareOrdinal(a.Row.Chain, b.Row.Chain));
        return next;
    }

    internal void Stored(LogAppend append)
    {
        if (_newest.Count >= Kept) _newest.Clear(); // they are looked up again
        _newest[append.Row.Chain] = append.Row.Sequence;
    }

    /// <summary>Takes note that it is not known how a chain has gone on.</summary>
    internal void Forget(LogAppend append) => _newest.Remove(append.Row.Chain);

    private bool Follows(LogAppend append) =>
        _newest.TryGetValue(append.Row.Chain, out var newest) && newest == append.Row.Sequence - 1;

    private async Task<HashSet<string>> FindAsync(IEnumerable<LogAppend> appends)
    {
        var ids = appends.SelectMany(append => (string[])
        [
            LogDocuments.Id(append.Row.Chain, append.Row.Sequence - 1),
            LogDocuments.Id(append.Row.Chain, append.Row.Sequence),
        ]);
        var found = await rows.Find(Documents.OneOf(ids)).Project(IdOnly).ToListAsync();
        return [.. found.Select(row => row.Text(Documents.Id))];
    }
}
