using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Ports;

namespace SecureUserData.Migrate;

/// <summary>One of the two ends: a data folder, or a database. Nobody else has it open meanwhile.</summary>
internal interface IEnd : IAsyncDisposable
{
    /// <summary>What messages call it.</summary>
    string Name { get; }

    /// <summary>The stores; their log once there are keys.</summary>
    IStores Stores { get; }

    IPart<TaggedState> States { get; }

    IPart<NamedRecord> Records { get; }

    IPart<UniqueKey> UniqueKeys { get; }

    IPart<Wakeup> Wakeups { get; }

    IPart<string> Erasures { get; }

    ILogPart Log { get; }

    /// <summary>Opens the installation that is there, to be read.</summary>
    /// <exception cref="SecureUserDataException">There is none, or the master key is another one, or somebody has it
    /// open: nothing was touched.</exception>
    Task<InstallationKeys> OpenAsync(IMasterKeyRing masters);

    /// <summary>Makes room for a copy, or finds the unfinished one of the same installation.</summary>
    /// <param name="keys">The keys of the installation.</param>
    /// <param name="mark">What tells an unfinished copy of it from another's.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when something else is there.
    /// </exception>
    Task BeginAsync(InstallationKeys keys, long mark);

    /// <summary>Lets the log be read as an engine does, after everything was written.</summary>
    Task StartAsync();

    /// <summary>Makes an installation of a copy to which only the installation's own state is missing.</summary>
    Task FinishAsync(TaggedState installation);

    /// <summary>Makes sure that nobody has begun to use it meanwhile.</summary>
    Task DemandUnusedAsync();
}

/// <summary>What one end holds of a kind.</summary>
internal interface IPart<T> where T : class
{
    /// <summary>All of it, in the order of the ids.</summary>
    IAsyncEnumerable<T> ReadAsync(CancellationToken cancellation);

    /// <summary>Writes durably; doing it again changes nothing.</summary>
    Task WriteAsync(IReadOnlyList<Change<T>> changes);
}

/// <summary>What is at the target, null for nothing, and what is to be there.</summary>
internal sealed record Change<T>(T? Before, T? After) where T : class;

/// <summary>The log that one end has of its own first writer, which is all that there is after a move.</summary>
internal interface ILogPart
{
    /// <summary>Rows in the order of their positions, after one.</summary>
    Task<IReadOnlyList<LogScanRow>> ReadRowsAsync(long after, int limit);

    /// <summary>Batches in the order of their numbers, after one.</summary>
    Task<IReadOnlyList<LogBatch>> ReadBatchesAsync(long after, int limit);

    /// <summary>How many rows and batches there are besides, and one more if it is not the only writer.</summary>
    Task<long> CountOthersAsync();

    Task WriteRowsAsync(IReadOnlyList<LogScanRow> rows);

    Task WriteBatchesAsync(IReadOnlyList<LogBatch> batches);

    /// <summary>Makes all rows to be found by their chains.</summary>
    Task EndAsync();
}
