using Microsoft.Data.Sqlite;
using SecureUserData.AccessLog;
using SecureUserData.Applications;
using SecureUserData.Backups;
using SecureUserData.Cryptography;
using SecureUserData.Embedded.Sqlite;
using SecureUserData.Entities;
using SecureUserData.Erasures;

namespace SecureUserData.Embedded.Backups;

/// <summary>An installation as it is stored, opened with its keys to be read: nothing is written and no entity is
/// activated.</summary>
internal sealed class StoredInstallation : IDisposable
{
    private const int AtOnce = 1_000;

    private readonly SqliteStore _store;
    private readonly DomainServices _services;
    private readonly StoredApplications _applications;

    private StoredInstallation(SqliteStore store, InstallationKeys keys, IMasterKeyRing masters, TimeProvider time)
    {
        _store = store;
        Keys = keys;
        _services = new DomainServices(masters, keys, store, time);
        _applications = new StoredApplications(_services);
    }

    internal InstallationKeys Keys { get; }

    internal SqliteReaders Readers => _store.Readers;

    internal StoredCounts Counts => StoredCounts.Of(_store.Readers);

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/> when the ring is not this
    /// installation's.</exception>
    internal static async Task<StoredInstallation> OpenAsync(
        string path, Func<SqliteConnection> open, IMasterKeyRing masters, TimeProvider time)
    {
        var store = SqliteStore.ToRead(path, open);
        InstallationKeys? keys = null;
        try
        {
            keys = await InstallationSetup.OpenAsync(store.Slot, masters);
            store.StartToRead(keys);
            return new StoredInstallation(store, keys, masters, time);
        }
        catch
        {
            store.Dispose();
            keys?.Dispose();
            throw;
        }
    }

    /// <summary>Verifies the pages of the file, every state, the index of tags and the whole access log.</summary>
    /// <returns>The key versions that it needs.</returns>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> with the first place.</exception>
    internal async Task<StateVerification> VerifyAsync(
        IProgress<BackupProgress>? progress, CancellationToken cancellation)
    {
        if (_store.Readers.Read("PRAGMA integrity_check(1)", [], row => row.Read() ? row.Text(0) : "") != "ok")
            throw SecureUserDataException.Tampered("the pages of the database file");
        var states = Number("SELECT count(*) FROM state");
        var total = states + Number("SELECT coalesce(max(rowid), 0) FROM log");
        var verified = await VerifyStatesAsync(new StepProgress(progress, BackupStep.Verifying, total), cancellation);
        await new LogVerification(_services, _applications).RunAsync(
            new StepProgress(progress, BackupStep.Verifying, total, states), cancellation);
        return verified;
    }

    /// <summary>Those of the users who are there and not wholly erased.</summary>
    internal Task<IReadOnlyList<UserId>> UnfinishedAsync(IEnumerable<UserId> users) =>
        new StoredErasures(_services, _applications).UnfinishedAsync(users);

    private async Task<StateVerification> VerifyStatesAsync(IProgress<long> progress, CancellationToken cancellation)
    {
        var verification = new StateVerification(_services, _applications);
        long done = 0, after = 0;
        while (_store.ScanStates(after, AtOnce) is { Count: > 0 } page)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var (row, id, state) in page)
            {
                await verification.CheckAsync(id, state);
                after = row;
            }
            progress.Report(done += page.Count);
        }
        return verification;
    }

    private long Number(string sql) => _store.Readers.Read(sql, [], row => row.Read() ? row.Integer(0) : 0);

    public void Dispose()
    {
        _services.Dispose();
        _store.Dispose();
        Keys.Dispose();
    }
}
