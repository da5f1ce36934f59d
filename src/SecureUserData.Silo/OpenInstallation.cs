using Microsoft.Extensions.Logging.Abstractions;
using SecureUserData.AccessLog;
using SecureUserData.Applications;
using SecureUserData.Cluster;
using SecureUserData.Cluster.Mongo;
using SecureUserData.Cryptography;
using SecureUserData.Silo.Settings;

namespace SecureUserData.Silo;

/// <summary>The installation in MongoDB, opened before there are entities: with the right master key and no
/// other. It is closed after them.</summary>
internal sealed class OpenInstallation : IAsyncDisposable
{
    private OpenInstallation(MasterKeyRing masters, MongoStore store, InstallationKeys keys) =>
        (Masters, Store, Keys) = (masters, store, keys);

    internal MasterKeyRing Masters { get; }

    internal MongoStore Store { get; }

    internal InstallationKeys Keys { get; }

    /// <summary>Whether there is one.</summary>
    internal static async Task<bool> ExistsAsync(MongoSettings settings)
    {
        await using var store = NewStore(settings);
        return await store.Slot(new InstallationId().ToString()).LoadAsync() is not null;
    }

    /// <summary>Sets an installation up.</summary>
    /// <returns>The operator's credential, shown only here.</returns>
    internal static async Task<Credential> CreateAsync(Surroundings around, MongoSettings settings)
    {
        using var masters = MasterKeys.Load(around);
        await using var store = NewStore(settings);
        await store.PrepareAsync();
        return await InstallationSetup.CreateAsync(
            store.Slot(new InstallationId().ToString()), masters, TimeProvider.System);
    }

    /// <summary>Opens it to be served: nobody who was erased is in it.</summary>
    internal static async Task<OpenInstallation> OpenAsync(Surroundings around, MongoSettings settings)
    {
        var installation = await OpenRestoredAsync(around, settings);
        try
        {
            await installation.DemandNobodyReturnedAsync();
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens it, whoever has come back into it with a backup; looks at the end of its log, and completes the
    /// erasure list.</summary>
    internal static async Task<OpenInstallation> OpenRestoredAsync(Surroundings around, MongoSettings settings)
    {
        var masters = MasterKeys.Load(around);
        var store = NewStore(settings);
        InstallationKeys? keys = null;
        try
        {
            keys = await InstallationSetup.OpenAsync(store.Slot, masters);
            await store.PrepareAsync();
            store.Start(keys);
            await new NewestRows(store.Log, keys).CheckAsync();
            var installation = new OpenInstallation(masters, store, keys);
            using var stored = installation.AsStored();
            await stored.ListErasuresAsync();
            return installation;
        }
        catch (Exception exception)
        {
            await store.DisposeAsync();
            keys?.Dispose();
            masters.Dispose();
            if (exception is not SecureUserDataException { Code: ErrorCode.NotFound }) throw;
            throw new CommandException(
                $"There is no installation in the database {settings.Options.Database}: run 'silo init' once, or set "
                + "MongoDB:Database to the right one.");
        }
    }

    /// <summary>The same without a silo. It is disposed of first.</summary>
    internal StoredCluster AsStored() => new(Masters, Keys, Store, TimeProvider.System);

    private async Task DemandNobodyReturnedAsync()
    {
        using var stored = AsStored();
        var count = await stored.CountReadableAsync(await stored.FindReturnedAsync());
        if (count > 0)
            throw new CommandException(
                $"{count:N0} users who were erased are in the data again, as after a backup was restored: stop all "
                + "silos and run 'silo erase-again', before anybody is served.");
    }

    private static MongoStore NewStore(MongoSettings settings) =>
        new(settings.Options, TimeProvider.System, NullLoggerFactory.Instance);

    /// <summary>Writes the last batch of the log, and zeroes the keys.</summary>
    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Keys.Dispose();
        Masters.Dispose();
    }
}
