namespace SecureUserData.Embedded.Sqlite;

/// <summary>Where the rows of each chain are. New rows are known in memory; in large sorted batches they move to the
/// table <c>log_index</c>, because an index kept up with every commit makes appending many times slower.</summary>
/// <param name="moveAt">Rows in memory from which on they are moved to the table.</param>
/// <param name="movedAtOnce">Rows moved in one transaction, so that nobody waits for long.</param>
internal sealed class LogIndex(int moveAt = 65_536, int movedAtOnce = 2_000)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ChainTail> _tails = [];
    private List<(string Chain, long Sequence, long Position)>? _moving;
    private int _moved;
    private int _count;

    /// <summary>Whether a move is under way.</summary>
    internal bool IsMoving => _moving is not null;

    /// <summary>Adds a committed row.</summary>
    internal void Add(string chain, long sequence, long position)
    {
        lock (_gate)
        {
            if (!_tails.TryGetValue(chain, out var tail)) _tails[chain] = tail = new ChainTail(sequence);
            tail.Positions.Add(position);
            _count++;
        }
    }

    /// <summary>The newest row of a chain that is known in memory.</summary>
    internal long? LastSequence(string chain)
    {
        lock (_gate) return _tails.TryGetValue(chain, out var tail) ? tail.First + tail.Positions.Count - 1 : null;
    }

    /// <summary>The positions in memory from a sequence number on, and the first sequence number in memory.</summary>
    internal (long First, long[] Positions) Find(string chain, long from, int limit)
    {
        lock (_gate)
        {
            if (!_tails.TryGetValue(chain, out var tail)) return (long.MaxValue, []);
            var skip = (int)Math.Clamp(from - tail.First, 0, tail.Positions.Count);
            return (tail.First, [.. tail.Positions.Skip(skip).Take(limit)]);
        }
    }

    /// <summary>Moves some rows to the table, within the writer's transaction.</summary>
    internal void Move(SqliteWriter writer)
    {
        if (_moving is null)
        {
            lock (_gate)
            {
                if (_count < moveAt) return;
                _moving = [.. _tails.SelectMany(tail => tail.Value.Positions.Select(
                    (position, i) => (tail.Key, tail.Value.First + i, position)))];
            }
            _moving.Sort(static (a, b) => string.CompareOrdinal(a.Chain, b.Chain) is var order and not 0
                ? order
                : a.Sequence.CompareTo(b.Sequence));
            _moved = 0;
        }
        var insert = writer.Prepare(
            "INSERT INTO log_index (chain, sequence, position) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
        var end = Math.Min(_moved + movedAtOnce, _moving.Count);
        for (; _moved < end; _moved++)
            insert.Run(_moving[_moved].Chain, _moving[_moved].Sequence, _moving[_moved].Position);
        if (_moved == _moving.Count)
            writer.Prepare(
                "INSERT INTO meta (name, value) VALUES ('indexed', $1) ON CONFLICT (name) DO UPDATE SET value = $1")
                .Run(_moving.Max(row => row.Position));
    }

    /// <summary>The move that this was part of has been committed; when it was the last part, memory is
    /// freed.</summary>
    internal void Moved()
    {
        if (_moving is null || _moved < _moving.Count) return;
        lock (_gate)
        {
            foreach (var rows in _moving.GroupBy(row => row.Chain))
            {
                var tail = _tails[rows.Key];
                var count = rows.Count();
                tail.Positions.RemoveRange(0, count);
                tail.First += count;
                if (tail.Positions.Count == 0) _tails.Remove(rows.Key);
            }
            _count -= _moving.Count;
        }
        _moving = null;
    }

    /// <summary>What was moved in a transaction that was undone is moved again.</summary>
    internal void RolledBack() => _moved = 0;

    private sealed class ChainTail(long first)
    {
        internal long First { get; set; } = first;

        internal List<long> Positions { get; } = new(1);
    }
}
