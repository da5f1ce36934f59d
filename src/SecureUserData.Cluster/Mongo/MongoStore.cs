using Microsoft.Extensions.Logging;
using MongoDB.Driver;
using MongoDB.Driver.Core.Configuration;
using Orleans.Providers.MongoDB.Configuration;
using Orleans.Providers.MongoDB.StorageProviders;
using Orleans.Providers.MongoDB.Utils;
using SecureUserData.Applications;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Mongo;

/// <summary>MongoDB behind all stores. Nothing needs a transaction: each write is one document's, or
/// may be done in part and repeated.</summary>
public sealed class MongoStore : IStores, IAsyncDisposable
{
    /// <summary>How long an answer is waited for: a connection that has gone silent would be waited for as long as
    /// the operating system keeps it.</summary>
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(30);

    private readonly MongoClient _client;
    private readonly MongoStates _states;
    private readonly MongoRecords _records;
    private readonly MongoUniqueKeys _uniqueKeys;
    private readonly MongoGrainStorage _slots;
    private readonly LogCollections _logCollections;
    private MongoAccessLog? _log;

    /// <summary>The stores of one process; nothing is asked of the database yet.</summary>
    /// <param name="options">Where they are.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where grain storage logs to.</param>
    public MongoStore(MongoOptions options, TimeProvider time, ILoggerFactory logs)
    {
        _client = new MongoClient(Settings(options.ConnectionString));
        var database = _client.GetDatabase(options.Database);
        _states = new MongoStates(database);
        _records = new MongoRecords(database);
        _logCollections = new LogCollections(database);
        _uniqueKeys = new MongoUniqueKeys(database, time);
        Erasures = new MongoErasureList(_client.GetDatabase(options.ErasureDatabase));
        _slots = new MongoGrainStorage(
            new DefaultMongoClientFactory(_client),
            logs.CreateLogger<MongoGrainStorage>(),
            new MongoDBGrainStorageOptions
            {
                DatabaseName = options.Database,
                CollectionPrefix = "",
                GrainStateSerializer = new StateDocument(),
                KeyGenerator = id => id.Key.ToString()!,
            });
    }

    /// <inheritdoc/>
    public IStateIndex States => _states;

    /// <inheritdoc/>
    public IUniqueKeys UniqueKeys => _uniqueKeys;

    /// <inheritdoc/>
    public IRecordStore Records => _records;

    /// <inheritdoc/>
    public IAccessLog Log =>
        _log ?? throw new InvalidOperationException("The log is opened with the keys of the installation.");

    /// <inheritdoc/>
    public IErasureList Erasures { get; }

    /// <summary>Makes the indexes that are not there yet; every process may do it at every start.</summary>
    public Task PrepareAsync() => MongoErrors.RunAsync(async () =>
    {
        await _states.PrepareAsync();
        await _records.PrepareAsync();
        await _uniqueKeys.PrepareAsync();
        await _logCollections.PrepareAsync();
    });

    /// <summary>Nothing is to be done: what a deletion or a replacement leaves in MongoDB's files and in the oplog is
    /// not within reach of a client. It is sealed under a key that is gone, and MongoDB overwrites it in time.
    /// </summary>
    public Task PurgeAsync() => Task.CompletedTask;

    /// <summary>Opens the log, before there are entities.</summary>
    /// <param name="keys">The keys of the installation, which are not disposed of before the stores.</param>
    public void Start(InstallationKeys keys) => _log = new MongoAccessLog(_logCollections, keys);

    /// <inheritdoc/>
    public IStateSlot Slot(string entity) => new MongoStateSlot(entity, _slots, () => Log);

    /// <summary>A write is done when a majority of the replica set has it in its journal, and only such writes are
    /// read: what was seen once is there after every failover.</summary>
    internal static MongoClientSettings Settings(string connectionString)
    {
        var settings = MongoClientSettings.FromConnectionString(connectionString);
        settings.ReadPreference = ReadPreference.Primary;
        settings.ReadConcern = ReadConcern.Majority;
        settings.WriteConcern = WriteConcern.WMajority.With(wTimeout: AnswersWithin, journal: true);
        if (settings.SocketTimeout == TimeSpan.Zero) settings.SocketTimeout = AnswersWithin;
        settings.WaitQueueTimeout = AnswersWithin;
        settings.ClusterConfigurator = WaitInLine;
        return settings;
    }

    /// <summary>Whoever finds all connections in use waits for one. The driver would refuse all but some hundreds,
    /// fewer than the entities of a silo that are called at the same time.</summary>
    private static void WaitInLine(ClusterBuilder cluster) => cluster
        .ConfigureCluster(settings => settings.With(maxServerSelectionWaitQueueSize: int.MaxValue))
        .ConfigureConnectionPool(settings => settings.With(waitQueueSize: int.MaxValue));

    /// <summary>Stores what is on its way into the log, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_log is not null) await _log.DisposeAsync();
        _client.Dispose();
    }
}
