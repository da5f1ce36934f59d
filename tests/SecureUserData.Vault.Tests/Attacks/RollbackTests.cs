using System.Security.Cryptography;
using SecureUserData.Tests.Conformance;
using SecureUserData.Vault.Items;

namespace SecureUserData.Vault.Tests.Attacks;

/// <summary>A server that shows what it has shown before, or something else of the same number.</summary>
public sealed class RollbackTests(EmbeddedFixture engine) : VaultAttack(engine), IClassFixture<EmbeddedFixture>
{
    [Fact]
    public async Task A_change_of_an_item_that_was_seen_is_not_taken_back()
    {
        using var grace = await FoundAsync();
        var service = await AddServiceAsync(grace, "Main database", await grace.AddGroupAsync("Database team"));
        var old = grace.Ledger.Head;
        await grace.PutAsync(service, service.Content with { Url = "https://new.example.org" });
        var victim = await VictimAsync(grace);
        Server.Lie<VaultHead>(nameof(IVault.GetHeadAsync), (_, _) => old);

        await TamperedAsync(() => victim.GetAsync(service.Id));
        await TamperedAsync(() => victim.ListAsync(VaultItemKind.Service));

        await TamperedAsync(() => VictimAsync(grace));
    }

    [Fact]
    public async Task Of_two_changes_at_the_same_place_a_client_believes_one_only()
    {
        using var grace = await FoundAsync();
        var service = await AddServiceAsync(grace, "Main database", await grace.AddGroupAsync("Database team"));
        var fresh = await FreshAsync(grace);
        Show(grace, Sign(grace, new PutItem(service.Id, service.Content with { Url = "https://b.example.org" })));
        Assert.Equal("https://b.example.org", (await fresh.GetAsync(service.Id)).Content.Url);
        Server.TellTheTruth();
        await grace.PutAsync(service, service.Content with { Url = "https://a.example.org" });

        await TamperedAsync(() => fresh.GetAsync(service.Id));
    }

    [Fact]
    public async Task An_older_secret_is_not_taken_for_the_newest()
    {
        using var grace = await FoundAsync();
        var service = await AddServiceAsync(grace, "Main database", await grace.AddGroupAsync("Database team"));
        var victim = await VictimAsync(grace);
        Assert.Equal(Password, await SecretAsync(victim, service));
        var old = (VaultText)Server.Recording.Last(call => call.Method == nameof(IVaultItem.GetTextAsync)).Answer!;
        await victim.SetTextAsync(service, VaultTextKind.Secret, Bytes("second"));
        Server.Lie<VaultText>(nameof(IVaultItem.GetTextAsync), (_, _) => old);

        await TamperedAsync(() => SecretAsync(victim, service));

        Assert.Equal(Password, await SecretAsync(victim, service, 1)); // asked for, it is what it is
    }

    [Fact]
    public async Task A_change_that_the_server_did_not_take_is_noticed()
    {
        using var grace = await FoundAsync();
        var service = await AddServiceAsync(grace, "Main database", await grace.AddGroupAsync("Database team"));
        var victim = await FreshAsync(grace);
        Server.Invent(nameof(IVaultItem.PutAsync), _ => Task.FromResult<object?>(grace.Ledger.Head));
        await victim.PutAsync(service, service.Content with { Url = "https://new.example.org" });

        await TamperedAsync(victim.RefreshAsync);
    }

    [Fact]
    public async Task Another_text_of_the_same_version_is_refused()
    {
        using var grace = await FoundAsync();
        using var eve = await JoinAsync(grace, "Eve");
        var group = await grace.AddGroupAsync("Database team");
        var service = await AddServiceAsync(grace, "Main database", group);
        var victim = await VictimAsync(grace);
        await eve.RefreshAsync();
        var forged = SecretOf(eve, service, 1, group, "eve knows this");
        Server.Lie<VaultText>(
            nameof(IVaultItem.GetTextAsync), (_, _) => new VaultText(forged.Ciphertext.Bytes, [forged.Seal]));

        await TamperedAsync(() => SecretAsync(victim, service));
    }

    [Fact]
    public async Task Another_ciphertext_under_the_same_key_is_refused()
    {
        using var grace = await FoundAsync();
        var group = await grace.AddGroupAsync("Database team");
        var service = new LedgerItem(
            VaultItemId.New(VaultItemKind.Service), new ItemContent("Door") { Groups = [group] });
        using var key = TextKey.Generate(); // which every member has
        using var access = key.AccessKey();
        var binding = NewText.Binding(grace.Trust.Vault, service.Id, VaultTextKind.Secret, 1);
        var (right, other) = (key.Encrypt(Bytes(Password), binding), key.Encrypt(Bytes("eve knows this"), binding));
        var text = new NewText(
            VaultTextKind.Secret, 1, access.PublicKey.ToArray(), key.Commitment(), SHA256.HashData(right));
        await (await grace.OpenSessionAsync()).Get(service.Id).PutAsync(new VaultItemChange
        {
            Act = Sign(grace, new PutItem(service.Id, service.Content) { Texts = [text] }),
            Texts = [new VaultCiphertext(VaultTextKind.Secret, 1, right)],
            Seals = [SealOf(grace, service, VaultTextKind.Secret, 1, group, key.Bytes)],
        });
        var victim = await FreshAsync(grace);
        Server.Lie<VaultText>(nameof(IVaultItem.GetTextAsync), (_, handed) => handed with { Ciphertext = other });
        await TamperedAsync(() => SecretAsync(victim, service));
        Server.TellTheTruth();
        Assert.Equal(Password, await SecretAsync(victim, service));
    }

    [Fact]
    public async Task A_members_key_of_acts_that_were_not_looked_at_yet_is_no_tampering()
    {
        using var grace = await FoundAsync();
        using var ada = await JoinAsync(grace, "Ada");
        var group = await grace.AddGroupAsync("Database team");
        await grace.SetMemberAsync(group, ada.Me);
        var service = await AddServiceAsync(grace, "Main database", group);
        await ada.RefreshAsync();
        await grace.RenewGroupKeyAsync(group);

        Assert.Equal(Password, await SecretAsync(ada, service));
        await grace.PutGroupAsync(group, "Night shift", isHidden: false);
        Assert.Equal("Night shift", Assert.Single(await ada.ListGroupsAsync()).Name);
    }
}
