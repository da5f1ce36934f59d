namespace SecureUserData.Embedded.Sqlite;

/// <summary>One write, done by the writer's thread in a transaction with others.</summary>
internal abstract class SqliteWrite
{
    private bool _isCommitted;

    /// <summary>Why it changed nothing; null when it has not failed.</summary>
    protected SecureUserDataException? Failure { get; private set; }

    internal bool IsPending => !_isCommitted && Failure is null;

    /// <summary>Whether the write-ahead log is emptied after the transaction with it in it.</summary>
    internal virtual bool EmptiesLog => false;

    /// <summary>Does it. A <see cref="SecureUserDataException"/> means that it changed nothing and fails
    /// alone.</summary>
    internal abstract void Run(SqliteWriter writer);

    /// <summary>Takes note that the transaction with it in it is on the disk.</summary>
    internal void Committed() => _isCommitted = Failure is null;

    internal void Failed(SecureUserDataException failure) => Failure = failure;

    /// <summary>Tells whoever waits how it went.</summary>
    internal abstract void Tell();
}

/// <summary>A write of a few statements.</summary>
/// <param name="state">What it is about.</param>
/// <param name="run">The statements.</param>
internal sealed class SqliteWrite<TState, T>(TState state, Func<SqliteWriter, TState, T> run) : SqliteWrite
{
    private readonly TaskCompletionSource<T> _completion = new(); // told on the thread pool, see SqliteWriter.Tell
    private T _answer = default!;

    internal Task<T> Task => _completion.Task;

    internal override void Run(SqliteWriter writer) => _answer = run(writer, state);

    internal override void Tell()
    {
        if (Failure is null) _completion.SetResult(_answer);
        else _completion.SetException(Failure);
    }
}

/// <summary>Empties the write-ahead log.</summary>
/// <param name="then">What to do on the writer's thread while the log is empty; null for nothing.</param>
internal sealed class SqliteEmptying(Action? then) : SqliteWrite
{
    private readonly TaskCompletionSource _completion = new();

    internal override bool EmptiesLog => true;

    internal Task Task => _completion.Task;

    internal override void Run(SqliteWriter writer)
    {
    }

    /// <summary>The log is empty.</summary>
    internal void Emptied() => then?.Invoke();

    internal override void Tell()
    {
        if (Failure is null) _completion.SetResult();
        else _completion.SetException(Failure);
    }
}
