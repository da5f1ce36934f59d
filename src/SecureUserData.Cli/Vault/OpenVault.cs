using SecureUserData.Cli.Console;
using SecureUserData.Vault;
using SecureUserData.Vault.Items;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Cli.Vault;

/// <summary>A vault with a user signed in. What was seen of it is kept when it is closed.</summary>
internal sealed partial class OpenVault : IAsyncDisposable
{
    /// <summary>A server that shows nothing newer for so long may be keeping something back.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromDays(7);

    private readonly VaultFiles _files;
    private readonly Run _run;

    private OpenVault(Run run, VaultFiles files, OpenFolder folder, VaultClient client) =>
        (_run, _files, Folder, Client) = (run, files, folder, client);

    internal OpenFolder Folder { get; }

    internal VaultClient Client { get; }

    internal LedgerState Ledger => Client.Ledger;

    internal VaultUserId Me => Client.Me;

    internal static async Task<OpenVault> OpenAsync(Run run, string? name)
    {
        var files = new VaultFiles(run);
        var user = files.Choose(name);
        var keys = KeyFile.Open(files.KeyFile(user), SecretInput.Passphrase(run));
        OpenFolder? folder = null;
        try
        {
            var trust = files.Load(user, keys);
            folder = await run.OpenAsync();
            var client = await VaultClient.ConnectAsync(folder.Engine, keys, trust, run.Around.Time);
            var vault = new OpenVault(run, files, folder, client);
            await vault.GreetAsync();
            return vault;
        }
        catch
        {
            keys.Dispose();
            if (folder is not null) await folder.DisposeAsync();
            throw;
        }
    }

    /// <summary>A service's newest secret.</summary>
    internal async Task<byte[]> SecretAsync(LedgerItem service) => service.Newest(VaultTextKind.Secret) is null
        ? throw new CommandException($"{service.Content.Name} has no secret.")
        : (await Client.ReadAsync(service, VaultTextKind.Secret)).Content;

    /// <summary>Does what waits for this user, and says what only people can judge.</summary>
    private async Task GreetAsync()
    {
        foreach (var (group, member) in await Client.CompleteMembersAsync())
            _run.Out.Note($"The key of the group {await GroupNameAsync(group)} was handed on to {UserName(member)}.");
        foreach (var (id, group) in Ledger.Groups)
            if (group is { IsRemoved: false, NeedsNewKey: true } && group.IsAdministratedBy(Me))
                _run.Out.Warn($"somebody has left the group {await GroupNameAsync(id)} and knows its key: run 'sud "
                    + $"vault group-reseal {id}'.");
        if (_run.Around.Time.GetUtcNow() - Client.Trust.Newest > Silence)
            _run.Out.Warn(
                $"the newest change that was seen of this vault is of {Output.Time(Client.Trust.Newest)}, more than 7 "
                + "days ago: if you know of a later one, the server keeps it from you.");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _files.Save(Me, Client.KeepTrust());
        }
        finally
        {
            Client.Dispose();
            await Folder.DisposeAsync();
        }
    }
}
