using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Bson;
using MongoDB.Driver;
using SecureUserData.Applications;
using SecureUserData.Cluster.Mongo;
using SecureUserData.Cryptography;
using SecureUserData.Ports;

namespace SecureUserData.Migrate.Databases;

/// <summary>The databases of a cluster. An unfinished copy lacks the installation's own state, so that no silo opens
/// it, and says in a collection of its own whose copy it is.</summary>
internal sealed class MongoEnd : IEnd
{
    private readonly MongoOptions _options;
    private readonly ClusterPlace _cluster;
    private readonly bool _isSaidToBeStopped;
    private readonly MongoClient _client;
    private readonly IMongoDatabase _database;
    private readonly MongoStore _store;
    private readonly ReminderPart _reminders;
    private readonly LogCollections _log;
    private InstallationKeys? _keys;

    /// <param name="options">Where the data is.</param>
    /// <param name="cluster">Where the cluster keeps its own things.</param>
    /// <param name="isSaidToBeStopped">Whether somebody vouches that no silo is running where that cannot be
    /// seen.</param>
    internal MongoEnd(MongoOptions options, ClusterPlace cluster, bool isSaidToBeStopped)
    {
        (_options, _cluster, _isSaidToBeStopped) = (options, cluster, isSaidToBeStopped);
        _client = new MongoClient(MongoStore.Settings(options.ConnectionString));
        _database = _client.GetDatabase(options.Database);
        _store = new MongoStore(options, TimeProvider.System, NullLoggerFactory.Instance);
        _reminders = new ReminderPart(_client, cluster);
        _log = new LogCollections(_database);
    }

    public string Name => $"the database {_options.Database}";

    public IStores Stores => _store;

    public IPart<TaggedState> States => MongoParts.States(_database);

    public IPart<NamedRecord> Records => MongoParts.Records(_database);

    public IPart<UniqueKey> UniqueKeys => MongoParts.UniqueKeys(_database);

    public IPart<Wakeup> Wakeups => _reminders;

    public IPart<string> Erasures => MongoParts.Erasures(_client.GetDatabase(_options.ErasureDatabase));

    public ILogPart Log => new MongoLogPart(_log);

    private IMongoCollection<BsonDocument> Marks => _database.GetCollection<BsonDocument>("migrating");

    public async Task<InstallationKeys> OpenAsync(IMasterKeyRing masters)
    {
        var keys = await InstallationSetup.OpenAsync(_store.Slot, masters);
        try
        {
            await DemandUnusedAsync();
            await DemandRemindersAsync();
        }
        catch
        {
            keys.Dispose();
            throw;
        }
        _store.Start(keys);
        return keys;
    }

    public async Task BeginAsync(InstallationKeys keys, long mark)
    {
        _keys = keys;
        if (await AliveAsync() == true) throw InUse();
        if (await _store.Slot(new InstallationId().ToString()).LoadAsync() is not null)
            throw SecureUserDataException.Conflict(
                $"There is an installation in {Name} already: name another one. If sud-migrate was stopped at its very "
                + "end, it is complete: --check compares it.");
        if (await Marks.Find(new BsonDocument()).ToListAsync() is [var there])
        {
            if (there.Number("mark") != mark)
                throw SecureUserDataException.Conflict(
                    $"{Name} holds an unfinished copy of another installation: drop it, or name another one.");
        }
        else
        {
            await DemandEmptyAsync();
            await Marks.InsertOneAsync(new BsonDocument { { Documents.Id, 1L }, { "mark", mark } });
        }
        await _store.PrepareAsync();
    }

    public Task StartAsync()
    {
        _store.Start(_keys!);
        return Task.CompletedTask;
    }

    public async Task FinishAsync(TaggedState installation)
    {
        await States.WriteAsync([new Change<TaggedState>(null, installation)]);
        await _database.DropCollectionAsync(Marks.CollectionNamespace.CollectionName);
    }

    public async Task DemandUnusedAsync()
    {
        switch (await AliveAsync())
        {
            case true:
                throw InUse();
            case null when !_isSaidToBeStopped:
                throw SecureUserDataException.Unavailable(
                    $"The database {_cluster.Database} knows no cluster {_cluster.Id}, so that it cannot be seen "
                    + "whether a silo is running: name the right ones with --cluster-database and --cluster-id, or say "
                    + "--no-cluster-running after you have made sure. Nothing was touched.");
        }
    }

    /// <summary>Whether a silo is running; null when nothing is known of the cluster.</summary>
    private Task<bool?> AliveAsync() => new KnownSilos(_client, _cluster.Database, _cluster.Id).IsAnyRunningAsync();

    private SecureUserDataException InUse() => SecureUserDataException.Unavailable(
        $"A silo of the cluster {_cluster.Id} is running, or was killed within the last "
        + $"{KnownSilos.DeadAfter.TotalMinutes:0} minutes: stop all silos, and try again. Nothing was touched.");

    /// <summary>Every application has a wake-up at all times: without one, these are not the reminders of the
    /// installation's cluster.</summary>
    private async Task DemandRemindersAsync()
    {
        var states = _database.GetCollection<BsonDocument>(MongoStates.Collection);
        if (await _reminders.IsEmptyAsync() && await states.Find(Documents.Between("app_", "app`")).AnyAsync())
            throw SecureUserDataException.Conflict(
                $"The database {_cluster.Database} has no wake-ups of the cluster {_cluster.Id}: name the right ones "
                + "with --cluster-database and --cluster-id, or nobody would be woken after the move.");
    }

    private async Task DemandEmptyAsync()
    {
        using var names = await _database.ListCollectionNamesAsync();
        var collections = await names.ToListAsync();
        foreach (var name in collections.Where(name => !name.StartsWith("system.", StringComparison.Ordinal)))
            if (await _database.GetCollection<BsonDocument>(name).Find(new BsonDocument()).AnyAsync())
                throw NotEmpty($"{Name} has something in its collection {name}");
        var erasures = _client.GetDatabase(_options.ErasureDatabase)
            .GetCollection<BsonDocument>(MongoErasureList.Collection);
        if (await erasures.Find(new BsonDocument()).AnyAsync())
            throw NotEmpty($"the database {_options.ErasureDatabase} has an erasure list");
        if (!await _reminders.IsEmptyAsync())
            throw NotEmpty($"the database {_cluster.Database} has wake-ups of a cluster {_cluster.Id}");
    }

    private static SecureUserDataException NotEmpty(string what) => SecureUserDataException.Conflict(
        $"The target has to be empty, or an unfinished copy of the same installation, but {what}: name another one.");

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _client.Dispose();
    }
}
