using System.Text;
using SecureUserData.Cli.Keys;
using SecureUserData.Vault;
using SecureUserData.Vault.Items;

namespace SecureUserData.Cli.Vault;

/// <summary><c>sud app register --keep-in</c>: an application whose credential only the vault has.</summary>
internal static class KeptApplication
{
    internal static async Task RegisterAsync(Run run, ApplicationSettings settings, string? user, string groupName)
    {
        if (run.SaveAs is not null)
            throw new UsageException("Its credential is kept in the vault, or saved here: leave one of the two out.");
        await using var open = await OpenVault.OpenAsync(run, user);
        var group = await open.GroupAsync(groupName);
        // if the vault does not take the credential, which is made once, it is saved here instead
        using var pending = open.Folder.Saved.Reserve(Slug.Of(settings.Name, "application"));
        var session = await open.Client.OpenSessionAsync();
        var registered = await session.RegisterApplicationAsync(settings);
        LedgerItem item;
        try
        {
            item = await open.Client.AddAsync(
                VaultItemKind.Service,
                new ItemContent(settings.Name) { Groups = [group] },
                Encoding.UTF8.GetBytes(registered.Credential.Reveal()));
        }
        catch
        {
            pending.Save(SavedKind.Application, registered.Id.ToString(), registered.Credential);
            run.Out.Warn(
                $"the vault has not taken the credential of {registered.Id}: it is saved as '{pending.Name}'.");
            throw;
        }
        run.Out.Show(
            new { registered.Id, settings.Name, Service = $"{item.Id}" },
            () => run.Out.Details(
                ("Application", settings.Name),
                ("Id", registered.Id.ToString()),
                ("Credential", $"kept in the vault as {item.Content.Name}, {item.Id}")));
    }
}
