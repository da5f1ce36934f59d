using Microsoft.Extensions.Logging.Abstractions;
using SecureUserData.AccessLog;
using SecureUserData.Applications;
using SecureUserData.Cluster.Mongo;
using SecureUserData.Cryptography;
using SecureUserData.Ports;
using SecureUserData.Silo.Settings;

namespace SecureUserData.Silo;

/// <summary>The installation in MongoDB, opened before there are entities: with the right master key and no
/// other.</summary>
internal sealed class OpenInstallation : IDisposable
{
    private OpenInstallation(MasterKeyRing masters, InstallationKeys keys) => (Masters, Keys) = (masters, keys);

    internal MasterKeyRing Masters { get; }

    internal InstallationKeys Keys { get; }

    /// <summary>Sets an installation up.</summary>
    /// <returns>The operator's credential, shown only here.</returns>
    internal static async Task<Credential> CreateAsync(Surroundings around, MongoSettings settings)
    {
        using var masters = MasterKeys.Load(around);
        await using var store = Store(settings);
        await store.PrepareAsync();
        return await InstallationSetup.CreateAsync(
            store.Slot(new InstallationId().ToString()), masters, TimeProvider.System);
    }

    /// <summary>Opens it, and looks at the end of its log.</summary>
    internal static async Task<OpenInstallation> OpenAsync(Surroundings around, MongoSettings settings)
    {
        var masters = MasterKeys.Load(around);
        InstallationKeys? keys = null;
        try
        {
            await using var store = Store(settings);
            keys = await InstallationSetup.OpenAsync(store.Slot, masters);
            await store.PrepareAsync();
            store.Start(keys);
            await new NewestRows(store.Log, keys).CheckAsync();
            return new OpenInstallation(masters, keys);
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.NotFound)
        {
            masters.Dispose();
            throw new CommandException(
                $"There is no installation in the database {settings.Options.Database}: run 'silo init' once, or set "
                + "MongoDB:Database to the right one.");
        }
        catch
        {
            keys?.Dispose();
            masters.Dispose();
            throw;
        }
    }

    private static MongoStore Store(MongoSettings settings) =>
        new(settings.Options, new NoWakeups(), TimeProvider.System, NullLoggerFactory.Instance);

    public void Dispose()
    {
        Keys.Dispose();
        Masters.Dispose();
    }

    private sealed class NoWakeups : IWakeups
    {
        public Task SetAsync(string entity, DateTimeOffset? due) =>
            throw new InvalidOperationException("There are no entities yet.");
    }
}
