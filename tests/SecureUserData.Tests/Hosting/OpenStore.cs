using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Embedded.Sqlite;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Hosting;

/// <summary>An installation's store in a folder of its own, opened as the engine opens it.</summary>
internal sealed class OpenStore : IDisposable
{
    private static readonly string Installation = new InstallationId().ToString();

    private OpenStore(DataFolder folder, IMasterKeyRing masters, Credential credential)
    {
        Folder = folder;
        Masters = masters;
        Operator = credential;
    }

    internal DataFolder Folder { get; }

    internal IMasterKeyRing Masters { get; }

    /// <summary>The first operator's credential.</summary>
    internal Credential Operator { get; }

    internal SqliteStore Store { get; private set; } = null!;

    internal InstallationKeys Keys { get; private set; } = null!;

    internal static async Task<OpenStore> CreateAsync(TimeProvider time)
    {
        var folder = new DataFolder();
        var masters = MasterKeyRing.Parse(DataFolder.Masters);
        Credential credential;
        using (var setup = new SqliteStore(folder.Database, create: true))
        {
            setup.StartForSetup();
            credential = await InstallationSetup.CreateAsync(setup.Slot(Installation), masters, time);
        }
        var opened = new OpenStore(folder, masters, credential);
        await opened.OpenAsync();
        return opened;
    }

    /// <summary>Closes the store and opens it again.</summary>
    internal async Task ReopenAsync()
    {
        Close();
        await OpenAsync();
    }

    private async Task OpenAsync()
    {
        Store = new SqliteStore(Folder.Database, create: false);
        Keys = await InstallationSetup.OpenAsync(Store.Slot, Masters);
        Store.Start(Keys);
    }

    private void Close()
    {
        Store.Dispose();
        Keys.Dispose();
    }

    public void Dispose()
    {
        Close();
        Folder.Dispose();
    }
}
