using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;
using SecureUserData.Embedded.Sqlite;
using SecureUserData.Ports;

namespace SecureUserData.Migrate.Folders;

/// <summary>The data folder of the embedded engine. An unfinished copy has another name than the database file has, so
/// that no engine opens it.</summary>
internal sealed class FolderEnd(string folder) : IEnd
{
    private readonly string _database = Path.Combine(folder, EmbeddedEngine.DatabaseName);
    private FolderLock? _lock;
    private SqliteStore? _store;
    private InstallationKeys? _keys;

    private string Unfinished => _database + ".migrating";

    public string Name => folder;

    public IStores Stores => Store;

    public IPart<TaggedState> States => SqliteParts.States(Store);

    public IPart<NamedRecord> Records => SqliteParts.Records(Store);

    public IPart<UniqueKey> UniqueKeys => SqliteParts.UniqueKeys(Store);

    public IPart<Wakeup> Wakeups => SqliteParts.Wakeups(Store);

    public IPart<string> Erasures => new FolderErasures(_database);

    public ILogPart Log => new SqliteLogPart(Store);

    private SqliteStore Store => _store ?? throw new InvalidOperationException("The folder is not open.");

    public async Task<InstallationKeys> OpenAsync(IMasterKeyRing masters)
    {
        if (!EmbeddedEngine.Exists(folder))
            throw new SecureUserDataException(
                ErrorCode.NotFound, $"There is no installation in {folder}: name the right folder.");
        _lock = FolderLock.Take(folder, create: false);
        var schema = DatabaseFiles.Check(_database).Schema;
        if (schema != SchemaUpgrades.Newest(SchemaUpgrades.All))
            throw SecureUserDataException.Unavailable(
                $"The database in {folder} is of another version of SecureUserData: open it once with the 'sud' of "
                + "this version, such as 'sud status'.");
        var keepsLog = DatabaseFiles.HasContent(_database + "-wal");
        _store = SqliteStore.ToRead(_database, () => SqliteFile.OpenReader(_database, keepsLog));
        var keys = await InstallationSetup.OpenAsync(_store.Slot, masters);
        _store.StartToRead(keys);
        return keys;
    }

    public async Task BeginAsync(InstallationKeys keys, long mark)
    {
        _keys = keys;
        _lock = FolderLock.Take(folder, create: true);
        if (EmbeddedEngine.Files(_database).Any(Path.Exists))
            throw SecureUserDataException.Conflict(
                $"There is an installation in {folder} already, or a part of one: name another folder. If sud-migrate "
                + "was stopped at its very end, it is complete: --check compares it.");
        var isNew = !Path.Exists(Unfinished);
        _store = new SqliteStore(Unfinished, create: isNew);
        _store.StartToFill();
        if (isNew)
            await _store.Writer.WriteAsync(mark, static (writer, mark) =>
                writer.Prepare("INSERT INTO meta (name, value) VALUES ('migrating', $1)").Run(mark));
        else if (_store.Readers.List(
            "SELECT value FROM meta WHERE name = 'migrating'", [], row => row.Integer(0)) is not [var there]
            || there != mark)
            throw SecureUserDataException.Conflict(
                $"{Unfinished} is not an unfinished copy of this installation: delete it, or name another folder.");
    }

    public Task StartAsync()
    {
        Store.StartToRead(_keys!);
        return Task.CompletedTask;
    }

    public async Task FinishAsync(TaggedState installation)
    {
        await States.WriteAsync([new Change<TaggedState>(null, installation)]);
        await Store.Writer.WriteAsync(0, static (writer, _) =>
            writer.Prepare("DELETE FROM meta WHERE name = 'migrating'").Run());
        Close();
        if (File.Exists(Unfinished + "-wal")) // closing folds it in, and tells nobody when it cannot
            throw SecureUserDataException.Unavailable("The database cannot be written: check the disk and its room.");
        File.Move(Unfinished, _database);
        FolderSync.Run(folder);
    }

    /// <summary>Nobody can: the folder is locked.</summary>
    public Task DemandUnusedAsync() => Task.CompletedTask;

    private void Close()
    {
        _store?.Dispose();
        _store = null;
    }

    public ValueTask DisposeAsync()
    {
        Close();
        _lock?.Dispose();
        return ValueTask.CompletedTask;
    }
}
