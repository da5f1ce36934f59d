using SecureUserData.Applications;
using SecureUserData.Conformance.Ports;
using SecureUserData.Cryptography;
using SecureUserData.Embedded.Erasures;
using SecureUserData.Embedded.Sqlite;
using SecureUserData.Ports;

namespace SecureUserData.Tests.Conformance;

/// <summary>SQLite behind the ports, in a folder of its own.</summary>
public sealed class SqlitePortsFixture : PortsFixture
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sud-ports-").FullName;
    private readonly MasterKeyRing _masters = MasterKeyRing.Parse(MasterKeyRing.Generate());
    private InstallationKeys? _keys;
    private SqliteStore? _store;
    private int _crashes;

    public override IPorts Ports => Store;

    private SqliteStore Store => _store ?? throw new InvalidOperationException("The store is not open.");

    private string DatabasePath => Path.Combine(_folder, $"{_crashes}.db");

    public override async ValueTask InitializeAsync()
    {
        using (var setup = new SqliteStore(DatabasePath, create: true))
        {
            setup.StartForSetup();
            await InstallationSetup.CreateAsync(
                setup.Slot(new InstallationId().ToString()), _masters, TimeProvider.System);
        }
        await OpenAsync();
    }

    /// <summary>Copies the files as they are, while the store is open, and opens the copy. The writer's own thread does
    /// it, which moves rows to the index also when nobody writes: two files cannot be copied at one moment
    /// otherwise.</summary>
    public override async Task CrashAsync()
    {
        var left = DatabasePath;
        _crashes++;
        await Store.Writer.WriteAsync((left, copy: DatabasePath), static (_, files) =>
        {
            foreach (var suffix in (string[])["", "-wal"]) File.Copy(files.left + suffix, files.copy + suffix);
            return true;
        });
        if (File.Exists(ErasureLists.Beside(left)))
            File.Copy(ErasureLists.Beside(left), ErasureLists.Beside(DatabasePath));
        Close();
        await OpenAsync();
    }

    public override Task<IReadOnlyList<string>> DueAsync(DateTimeOffset at) =>
        Task.FromResult<IReadOnlyList<string>>([.. Store.Wakeups.Due(at, 1_000).Select(due => due.Entity)]);

    public override ValueTask DisposeAsync()
    {
        Close();
        _masters.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task OpenAsync()
    {
        _store = new SqliteStore(DatabasePath, create: false);
        _keys = await InstallationSetup.OpenAsync(_store.Slot, _masters);
        _store.Start(_keys);
    }

    private void Close()
    {
        _store?.Dispose();
        _keys?.Dispose();
        _store = null;
    }
}
