using SecureUserData.Vault;
using SecureUserData.Vault.Items;

namespace SecureUserData.Conformance.Vault;

/// <summary>What the tests of a vault begin with.</summary>
public abstract class VaultConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    protected const string Password = "correct horse battery staple";

    /// <summary>The way in for users of vaults.</summary>
    protected virtual ISecureUserData Door => Engine;

    /// <summary>A new vault, and its first administrator.</summary>
    protected async Task<VaultClient> FoundAsync(string name = "Grace")
    {
        var invitation = await VaultClient.AddVaultAsync(await OperatorAsync());
        return await VaultClient.FoundAsync(Door, invitation, name, _ => { }, Clock);
    }

    /// <summary>A user who has set up.</summary>
    protected async Task<VaultClient> JoinAsync(
        VaultClient administrator, string name, bool isAdministrator = false)
    {
        var invitation = await administrator.AddUserAsync(name, isAdministrator);
        var client = await VaultClient.SetUpAsync(
            Door, VaultInvitation.Parse(invitation.Reveal()), _ => { }, Clock);
        await administrator.RefreshAsync();
        return client;
    }

    protected static async Task<LedgerItem> AddServiceAsync(
        VaultClient client, string name, params VaultGroupId[] groups) => await client.AddAsync(
        VaultItemKind.Service,
        new ItemContent(name) { Url = "https://db.example.org", Groups = [.. groups] },
        Bytes(Password));

    protected static async Task<string> SecretAsync(VaultClient client, LedgerItem item, long version = 0) =>
        Text((await client.ReadAsync(await client.GetAsync(item.Id), VaultTextKind.Secret, version)).Content);

    protected static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    protected static string Text(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);
}
