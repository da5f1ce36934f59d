using Microsoft.Data.Sqlite;

namespace SecureUserData.Embedded.Sqlite;

/// <summary>The one thread that writes. What comes while a commit is under way shares the next one (group commit), and
/// every write is on the disk when its task ends.</summary>
internal sealed class SqliteWriter : IDisposable
{
    /// <summary>Writes that share a commit, at the most.</summary>
    private const int MaxBatch = 1_024;

    private const int ToldAtOnce = 16;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, Statement> _statements = [];
    private readonly WriteQueue _queue = new();
    private readonly Lock _committing = new(); // from before a commit until it is known in memory
    private readonly Thread _thread;
    private SecureUserDataException? _failure; // of the disk; only the writer's thread looks at it

    internal SqliteWriter(SqliteConnection connection)
    {
        _connection = connection;
        Log = new WriteAheadLog(connection);
        _thread = new Thread(Work) { IsBackground = true, Name = "SecureUserData writer" };
    }

    /// <summary>Work to be done at the end of each batch, in its transaction: the log closes its batch here.</summary>
    internal IBatchEnd? BatchEnd { get; set; }

    /// <summary>The write-ahead log; for the writer's thread once it is started.</summary>
    internal WriteAheadLog Log { get; }

    internal void Start()
    {
        WriteAheadLog.FoldOnClose(_connection, true);
        _thread.Start();
    }

    /// <summary>Refuses every write: the file was opened to be read.</summary>
    internal void Refuse() => _queue.Close(
        SecureUserDataException.Unavailable("The database was opened to be read: nothing is written to it."),
        failed: true);

    /// <summary>A prepared statement of the writer's connection; for the writer's thread.</summary>
    internal Statement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements[sql] = statement = new Statement(_connection, sql);
        return statement;
    }

    /// <summary>Has something written; the task ends when it is on the disk.</summary>
    /// <exception cref="SecureUserDataException">It failed alone, or the file is closed.</exception>
    internal Task<T> WriteAsync<TState, T>(TState state, Func<SqliteWriter, TState, T> run)
    {
        var write = new SqliteWrite<TState, T>(state, run);
        return _queue.Add(write) is { } closed ? Task.FromException<T>(closed) : write.Task;
    }

    /// <summary>Moves everything from the write-ahead log into the file and cuts the log to nothing, so that no older
    /// copy of a page is left in it.</summary>
    /// <param name="then">What to do while the log is empty, on the thread that writes; it may change the unused parts
    /// of pages in the file.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/> when somebody reads for
    /// long.</exception>
    internal Task EmptyLogAsync(Action? then)
    {
        var emptying = new SqliteEmptying(then);
        return _queue.Add(emptying) is { } closed ? Task.FromException(closed) : emptying.Task;
    }

    /// <summary>Ends when what a reader may have seen of a commit is known in memory too.</summary>
    internal void AwaitCommit()
    {
        lock (_committing)
        {
        }
    }

    private void Work()
    {
        List<SqliteWrite> batch = [];
        while (_queue.TryTake(ref batch, wait: BatchEnd is not { HasMore: true }))
        {
            for (var from = 0; from < Math.Max(1, batch.Count); from += MaxBatch)
                Commit(batch.GetRange(from, Math.Min(MaxBatch, batch.Count - from)));
            batch.Clear();
        }
    }

    private void Commit(List<SqliteWrite> batch)
    {
        try
        {
            if (_failure is null && !TryRun(batch)) RunEachAlone(batch);
            if (_failure is null && batch.Any(write => write.EmptiesLog)) EmptyLog(batch);
        }
        catch (Exception e)
        {
            Close(e);
        }
        if (_failure is not null)
            foreach (var write in batch.Where(write => write.IsPending || write.EmptiesLog)) write.Failed(_failure);
        Tell(batch);
        Fold();
    }

    /// <summary>Folds the write-ahead log in when it is due, after everybody has been told.</summary>
    private void Fold()
    {
        if (_failure is not null) return;
        try
        {
            Log.FoldIfDue();
        }
        catch (SecureUserDataException e)
        {
            Close(e);
        }
    }

    private void EmptyLog(List<SqliteWrite> batch)
    {
        var isEmpty = Log.TryEmpty();
        foreach (var emptying in batch.OfType<SqliteEmptying>())
            if (isEmpty) emptying.Emptied();
            else
                emptying.Failed(SecureUserDataException.Unavailable(
                    "Somebody is reading the database file all the time: close what has it open, and try again."));
        if (isEmpty) Prepare("PRAGMA shrink_memory").Run(); // pages in memory may not be what is in the file any more
    }

    private void RunEachAlone(List<SqliteWrite> batch)
    {
        foreach (var write in batch.Where(write => write.IsPending))
            if (!TryRun([write]))
                write.Failed(SecureUserDataException.Invalid("This cannot be stored: check it against the limits."));
    }

    /// <summary>Runs writes in one transaction. False when it was rolled back because a statement failed in a way that
    /// only one write can be blamed for.</summary>
    private bool TryRun(IReadOnlyList<SqliteWrite> batch)
    {
        Prepare("BEGIN IMMEDIATE").Run();
        try
        {
            Log.Number();
            foreach (var write in batch) Run(write);
        }
        catch (SqliteException e) when (SqliteErrors.IsAlone(e))
        {
            Prepare("ROLLBACK").Run();
            Log.RolledBack();
            BatchEnd?.RolledBack();
            return false;
        }
        BatchEnd?.Run(this);
        lock (_committing)
        {
            Prepare("COMMIT").Run();
            Log.Committed();
            BatchEnd?.Committed();
        }
        foreach (var write in batch) write.Committed();
        return true;
    }

    /// <summary>Ends the tasks of a batch on the thread pool, a few to a work item, where the entities that wait for
    /// them go on at once: cheaper than a work item each.</summary>
    private static void Tell(IReadOnlyList<SqliteWrite> batch)
    {
        for (var from = 0; from < batch.Count; from += ToldAtOnce)
            ThreadPool.UnsafeQueueUserWorkItem(
                static part =>
                {
                    for (var i = part.From; i < Math.Min(part.From + ToldAtOnce, part.Batch.Count); i++)
                        part.Batch[i].Tell();
                },
                (Batch: batch, From: from),
                preferLocal: false);
    }

    private void Run(SqliteWrite write)
    {
        try
        {
            write.Run(this);
        }
        catch (SecureUserDataException e)
        {
            write.Failed(e);
        }
    }

    /// <summary>After an error of the disk nobody knows what is stored: nothing more is written until it is opened
    /// anew.</summary>
    private void Close(Exception cause)
    {
        _failure = cause switch
        {
            SecureUserDataException known => known,
            SqliteException e => SqliteErrors.Translate(e),
            _ => SecureUserDataException.Unavailable("The database cannot be written: open the engine again.", cause),
        };
        WriteAheadLog.FoldOnClose(_connection, false);
        var left = _queue.Close(_failure, failed: true);
        foreach (var write in left) write.Failed(_failure);
        Tell(left);
    }

    public void Dispose()
    {
        _queue.Close(
            SecureUserDataException.Unavailable("The engine has been closed: open it again."), failed: false);
        if (_thread.IsAlive) _thread.Join();
        foreach (var statement in _statements.Values) statement.Dispose();
        _connection.Dispose(); // the last connection folds the write-ahead log in, see FoldOnClose
    }
}

/// <summary>Something that takes part in every batch of the writer.</summary>
internal interface IBatchEnd
{
    /// <summary>Whether there is work to do even without a batch.</summary>
    bool HasMore { get; }

    /// <summary>Does its part in the transaction.</summary>
    void Run(SqliteWriter writer);

    /// <summary>The transaction is on the disk.</summary>
    void Committed();

    /// <summary>The transaction has been undone.</summary>
    void RolledBack();
}
