namespace SecureUserData.Embedded.Sqlite;

/// <summary>One write, done by the writer's thread in a transaction with others.</summary>
internal abstract class SqliteWrite
{
    /// <summary>Does it. A <see cref="SecureUserDataException"/> means that it changed nothing and fails
    /// alone.</summary>
    internal abstract void Run(SqliteWriter writer);

    /// <summary>The transaction with it in it is on the disk.</summary>
    internal abstract void Committed();

    /// <summary>It has failed, and changed nothing.</summary>
    internal bool HasFailed { get; private set; }

    /// <summary>Tells whoever waits, unless it was told before how the write ended.</summary>
    internal void Fail(SecureUserDataException exception)
    {
        HasFailed = true;
        Failed(exception);
    }

    protected abstract void Failed(SecureUserDataException exception);
}

/// <typeparam name="T">What the write answers.</typeparam>
internal abstract class SqliteWrite<T> : SqliteWrite
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task<T> Task => _completion.Task;

    /// <summary>The answer, once it has run.</summary>
    protected T Answer { get; set; } = default!;

    internal override void Committed() => _completion.TrySetResult(Answer);

    protected override void Failed(SecureUserDataException exception) => _completion.TrySetException(exception);
}

/// <summary>A write of a few statements.</summary>
internal sealed class SqliteWrite<TState, T>(TState state, Func<SqliteWriter, TState, T> run) : SqliteWrite<T>
{
    internal override void Run(SqliteWriter writer) => Answer = run(writer, state);
}
