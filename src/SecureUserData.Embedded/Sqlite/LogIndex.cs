namespace SecureUserData.Embedded.Sqlite;

/// <summary>Where the rows of each chain are. New rows are known in memory; in large sorted batches they move to the
/// table <c>log_index</c>, because an index kept up with every commit makes appending many times slower.</summary>
/// <param name="moveAt">Rows in memory from which on they are moved to the table.</param>
/// <param name="movedAtOnce">Rows moved in one transaction, so that nobody waits for long.</param>
internal sealed class LogIndex(int moveAt = 65_536, int movedAtOnce = 250)
{
    private const int RowsPerStatement = 8; // a statement costs more than a row

    private const string Insert = "INSERT INTO log_index (chain, sequence, position) VALUES ";
    private const string InsertOne = Insert + "($1, $2, $3)" + Once;
    private const string Once = " ON CONFLICT DO NOTHING";

    private static readonly string InsertMany = Insert + string.Join(
        ", ", Enumerable.Range(0, RowsPerStatement).Select(row => $"($1, ${row * 2 + 2}, ${row * 2 + 3})")) + Once;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ChainTail> _tails = [];
    private Task<Segment[]>? _sorting; // off the writer's thread, where everybody would wait for it
    private Segment[]? _moving;
    private int _moved; // segments, on the disk
    private int _written; // segments, in the writer's transaction
    private int _count;
    private long _newest;
    private long _movingUpTo;

    /// <summary>Whether there is something to move even when nothing else is written.</summary>
    internal bool IsMoving => _moving is not null || Sorting.IsCompleted && _sorting is not null;

    /// <summary>Ends when the rows that are to be moved are in order.</summary>
    internal Task Sorting => _sorting ?? Task.CompletedTask;

    /// <summary>Adds a committed row.</summary>
    internal void Add(string chain, long sequence, long position)
    {
        lock (_gate)
        {
            if (!_tails.TryGetValue(chain, out var tail)) _tails[chain] = tail = new ChainTail(sequence);
            tail.Positions.Add(position);
            _newest = position;
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
    /// <param name="writer">The writer.</param>
    /// <param name="appended">Rows that come with the transaction: more than these are moved, so that the index keeps
    /// up.</param>
    internal void Move(SqliteWriter writer, int appended)
    {
        if (_moving is null && !TryBegin()) return;
        for (var rows = 0; rows < Math.Max(movedAtOnce, 2 * appended) && _written < _moving!.Length; _written++)
        {
            Write(writer, _moving[_written]);
            rows += _moving[_written].Positions.Length;
        }
        if (_written == _moving!.Length)
            writer.Prepare(
                "INSERT INTO meta (name, value) VALUES ('indexed', $1) ON CONFLICT (name) DO UPDATE SET value = $1")
                .Run(_movingUpTo);
    }

    /// <summary>What was written is on the disk: it leaves memory.</summary>
    internal void Moved()
    {
        if (_moving is null) return;
        lock (_gate)
            for (; _moved < _written; _moved++)
            {
                var segment = _moving[_moved];
                var tail = _tails[segment.Chain];
                tail.Positions.RemoveRange(0, segment.Positions.Length);
                tail.First += segment.Positions.Length;
                if (tail.Positions.Count == 0) _tails.Remove(segment.Chain);
                _count -= segment.Positions.Length;
            }
        if (_moved == _moving.Length) _moving = null;
    }

    /// <summary>What was written in a transaction that was undone is written again.</summary>
    internal void RolledBack() => _written = _moved;

    /// <summary>Has the rows sorted when there are many, and begins to move them when they are.</summary>
    private bool TryBegin()
    {
        if (_sorting is null)
        {
            lock (_gate)
            {
                if (_count < moveAt) return false;
                _movingUpTo = _newest;
                var segments = _tails.SelectMany(tail => tail.Value.Cut(tail.Key, movedAtOnce)).ToArray();
                _sorting = Task.Factory.StartNew(
                    () => Sort(segments),
                    CancellationToken.None,
                    TaskCreationOptions.DenyChildAttach,
                    TaskScheduler.Default);
            }
        }
        if (!_sorting.IsCompleted) return false;
        _moving = _sorting.Result;
        _sorting = null;
        _moved = _written = 0;
        return true;
    }

    private static void Write(SqliteWriter writer, Segment segment)
    {
        var written = 0;
        for (; segment.Positions.Length - written >= RowsPerStatement; written += RowsPerStatement)
        {
            var values = new object?[RowsPerStatement * 2 + 1];
            values[0] = segment.Chain;
            for (var i = 0; i < RowsPerStatement; i++)
            {
                values[i * 2 + 1] = segment.First + written + i;
                values[i * 2 + 2] = segment.Positions[written + i];
            }
            writer.Prepare(InsertMany).Run(values);
        }
        for (; written < segment.Positions.Length; written++)
            writer.Prepare(InsertOne).Run(segment.Chain, segment.First + written, segment.Positions[written]);
    }

    private static Segment[] Sort(Segment[] segments)
    {
        Array.Sort(segments, static (a, b) => string.CompareOrdinal(a.Chain, b.Chain) is var order and not 0
            ? order
            : a.First.CompareTo(b.First));
        return segments;
    }

    /// <summary>Rows of one chain that follow each other, in the order of their sequence numbers.</summary>
    private sealed record Segment(string Chain, long First, long[] Positions);

    private sealed class ChainTail(long first)
    {
        internal long First { get; set; } = first;

        internal List<long> Positions { get; } = new(1);

        internal IEnumerable<Segment> Cut(string chain, int length) => Positions
            .Chunk(length)
            .Select((positions, i) => new Segment(chain, First + (long)i * length, positions));
    }
}
