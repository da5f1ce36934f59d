using Microsoft.Data.Sqlite;
using SecureUserData.Applications;
using SecureUserData.Embedded.Erasures;
using SecureUserData.Ports;

namespace SecureUserData.Embedded.Sqlite;

/// <summary>SQLite behind every port.</summary>
internal sealed class SqliteStore : IPorts, IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteWriter _writer;
    private readonly PageGaps _gaps;
    private readonly SqlitePurge _purge;
    private readonly SqliteReaders _readers;
    private readonly SqliteStates _states;
    private SqliteAccessLog? _log;
    private SqliteUniqueKeys? _uniqueKeys;

    /// <summary>Opens the file; nothing is written before <see cref="Start"/>, unless it is created.</summary>
    /// <param name="path">The file.</param>
    /// <param name="create">Whether it is made.</param>
    /// <param name="erasures">The erasure list; beside the file if it is not said.</param>
    internal SqliteStore(string path, bool create, IErasureList? erasures = null)
        : this(path, SqliteFile.OpenWriter(path, create), () => SqliteFile.OpenReader(path), erasures)
    {
    }

    private SqliteStore(
        string path, SqliteConnection connection, Func<SqliteConnection> openReader, IErasureList? erasures)
    {
        Erasures = erasures ?? new ErasureLists(ErasureLists.Beside(path));
        _connection = connection;
        _writer = new SqliteWriter(_connection);
        _gaps = new PageGaps(path);
        _readers = new SqliteReaders(openReader);
        _purge = new SqlitePurge(_writer, _readers, _gaps);
        _states = new SqliteStates(_writer, _readers);
        Records = new SqliteRecords(_writer, _readers);
        Wakeups = new SqliteWakeups(_writer, _readers);
    }

    /// <summary>Opens a file to be read: every write is refused.</summary>
    /// <param name="path">The file.</param>
    /// <param name="open">Opens a connection to it.</param>
    internal static SqliteStore ToRead(string path, Func<SqliteConnection> open)
    {
        var store = new SqliteStore(path, open(), open, null);
        store._writer.Refuse();
        return store;
    }

    public IStateIndex States => _states;

    public IUniqueKeys UniqueKeys => _uniqueKeys!;

    public IRecordStore Records { get; }

    public IAccessLog Log => _log!;

    public SqliteWakeups Wakeups { get; }

    IWakeups IPorts.Wakeups => Wakeups;

    public IErasureList Erasures { get; }

    internal SqliteReaders Readers => _readers;

    internal SqliteWriter Writer => _writer;

    public IStateSlot Slot(string entity) => _states.Slot(entity);

    public Task PurgeAsync() => _purge.RunAsync();

    /// <summary>Lets a new installation store its state, before there are keys for a log.</summary>
    internal void StartForSetup() => _writer.Start();

    /// <summary>Lets everything be stored as it is stored elsewhere; what was stored before a crash is there.</summary>
    internal void StartToFill()
    {
        SqliteFile.Execute(_connection, "PRAGMA journal_mode=WAL");
        _writer.Log.Fold();
        _writer.Start();
    }

    /// <summary>Starts writing, with the keys of the installation.</summary>
    internal void Start(InstallationKeys keys)
    {
        // A copy that was made with SQLite's own means may be in another mode.
        SqliteFile.Execute(_connection, "PRAGMA journal_mode=WAL");
        _writer.Log.Fold();
        SchemaUpgrades.Run(_writer.Log, SchemaUpgrades.All);
        _writer.Log.Transact(
            "INSERT INTO meta (name, value) VALUES ('epoch', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1;");
        _uniqueKeys = new SqliteUniqueKeys(
            _writer, SqliteFile.Number(_connection, "SELECT value FROM meta WHERE name = 'epoch'"));
        _log = new SqliteAccessLog(_writer, _readers, keys);
        _states.Log = _log;
        _writer.BatchEnd = _log;
        _writer.Start();
    }

    /// <summary>Lets the log be read, with the keys of the installation.</summary>
    internal void StartToRead(InstallationKeys keys) => _log = new SqliteAccessLog(_writer, _readers, keys);

    /// <summary>States in the order in which they were first stored, after a row.</summary>
    internal IReadOnlyList<(long Row, string Id, StoredState State)> ScanStates(long after, int limit) =>
        _states.Scan(after, limit);

    /// <summary>Reads the file for long without a purge coming between: neither waits for the other by
    /// the second.</summary>
    internal Task ReadForLongAsync(Action read) => _readers.ReadForLongAsync(read);

    internal long LogCount => _log!.Count;

    public void Dispose()
    {
        _readers.Dispose();
        _writer.Dispose();
        _gaps.Dispose();
        _log?.Dispose();
    }
}
