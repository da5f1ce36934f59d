namespace SecureUserData.Embedded.Sqlite;

/// <summary>Writes on their way to the writer. A batch is given out when two in five of those who write at the same
/// time have written, because a commit costs nearly the same for one write and for many; meanwhile the others are told
/// of the commit before and go on. A single caller never waits for others.</summary>
internal sealed class WriteQueue
{
    /// <summary>How long a batch waits for more, when callers have gone.</summary>
    private const int PatienceMilliseconds = 1;

    private readonly Lock _gate = new();
    private readonly AutoResetEvent _wake = new(false); // does not spin, at the cost of others
    private List<SqliteWrite> _queue = [];
    private SecureUserDataException? _closedBy;
    private int _given;
    private int _enough = 1;

    /// <summary>Adds a write; null, or why nothing is written any more.</summary>
    internal SecureUserDataException? Add(SqliteWrite write)
    {
        lock (_gate)
        {
            if (_closedBy is not null) return _closedBy;
            _queue.Add(write);
            if (_queue.Count != 1 && _queue.Count != _enough) return null;
        }
        _wake.Set();
        return null;
    }

    /// <summary>Swaps an empty list for the next batch.</summary>
    /// <param name="batch">Empty; then the batch, which is empty when there is nothing and nobody waits.</param>
    /// <param name="wait">Whether to wait until there is something.</param>
    /// <returns>False when it is closed and nothing is left.</returns>
    internal bool TryTake(ref List<SqliteWrite> batch, bool wait)
    {
        lock (_gate) _enough = Math.Max(1, (_given + _queue.Count) * 2 / 5); // of those known to write at a time
        for (var patient = true; ;)
        {
            lock (_gate)
            {
                if (_queue.Count >= _enough || !patient || _closedBy is not null)
                {
                    (_queue, batch) = (batch, _queue);
                    _given = batch.Count;
                    return batch.Count > 0 || _closedBy is null;
                }
                if (_queue.Count == 0 && !wait) return true;
            }
            patient = _wake.WaitOne(_queue.Count == 0 ? Timeout.Infinite : PatienceMilliseconds);
        }
    }

    /// <summary>Takes no more writes.</summary>
    /// <returns>What was still waiting, if the disk has failed; otherwise it is given out as a last batch.</returns>
    internal List<SqliteWrite> Close(SecureUserDataException reason, bool failed)
    {
        List<SqliteWrite> left = [];
        lock (_gate)
        {
            _closedBy = failed ? reason : _closedBy ?? reason;
            if (failed) (_queue, left) = (left, _queue);
        }
        _wake.Set();
        return left;
    }
}
