using SecureUserData.Tests.Conformance;
using SecureUserData.Vault.Items;

namespace SecureUserData.Vault.Tests.Attacks;

/// <summary>A server that shows what it has shown before, or something else of the same number.</summary>
public sealed class RollbackTests(EmbeddedFixture engine) : VaultAttack(engine), IClassFixture<EmbeddedFixture>
{
    [Fact]
    public async Task An_older_version_of_a_record_is_refused()
    {
        using var grace = await FoundAsync();
        var first = await AddServiceAsync(grace, "Main database", await grace.AddGroupAsync("Database team"));
        await grace.PutAsync(first, first.Content with { Url = "https://new.example.org" });
        var victim = await VictimAsync(grace);
        Server.Lie<VaultItemView>(nameof(IVaultItem.GetAsync), (_, _) => first.View);

        await TamperedAsync(() => victim.GetAsync(first.Id));

        Server.Lie<Page<VaultItemView>>(nameof(IVaultItems.ListAsync), (_, page) => page with { Items = [first.View] });
        await TamperedAsync(() => victim.ListAsync(VaultItemKind.Service));
    }

    [Fact]
    public async Task Another_record_of_the_same_version_and_one_that_follows_another_are_refused()
    {
        using var grace = await FoundAsync();
        var group = await grace.AddGroupAsync("Database team");
        var service = await AddServiceAsync(grace, "Main database", group);
        var second = await grace.PutAsync(service, service.Content with { Url = "https://a.example.org" });
        var victim = await VictimAsync(grace);
        var twin = Next(grace, service, service.Content with { Url = "https://b.example.org" });
        Server.Lie<VaultItemView>(nameof(IVaultItem.GetAsync), (_, view) => view with { Record = twin });
        await TamperedAsync(() => victim.GetAsync(service.Id));

        var other = Sign(grace, (second.Record with
        {
            Version = 3, Previous = ItemRecord.HashOf(twin.Body),
        }).ToBody());
        Server.Lie<VaultItemView>(nameof(IVaultItem.GetAsync), (_, view) => view with { Record = other });
        await TamperedAsync(() => victim.GetAsync(service.Id));
        Assert.Equal(2, victim.Trust.Items[service.Id].Version);
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
        Server.Lie<VaultItemView>(nameof(IVaultItem.GetAsync), (_, view) => view with { SecretVersion = 1 });
        await TamperedAsync(() => victim.GetAsync(service.Id));
    }

    [Fact]
    public async Task A_change_that_the_server_did_not_take_is_noticed()
    {
        using var grace = await FoundAsync();
        var service = await AddServiceAsync(grace, "Main database", await grace.AddGroupAsync("Database team"));
        var victim = await VictimAsync(grace);
        Server.Invent(nameof(IVaultItem.PutAsync), _ => Task.FromResult<object?>(service.View));

        await TamperedAsync(() => victim.PutAsync(service, service.Content with { Url = "https://new.example.org" }));
        await TamperedAsync(() => victim.SetTextAsync(service, VaultTextKind.Secret, Bytes("second")));
    }

    [Fact]
    public async Task Another_text_of_the_same_version_is_refused()
    {
        using var grace = await FoundAsync();
        using var eve = await JoinAsync(grace, "Eve");
        var group = await grace.AddGroupAsync("Database team");
        var service = await AddServiceAsync(grace, "Main database", group);
        var victim = await VictimAsync(grace);
        await SecretAsync(victim, service);
        await eve.RefreshAsync();
        var forged = SecretOf(eve, service, 1, group, "eve knows this");
        Server.Lie<VaultText>(nameof(IVaultItem.GetTextAsync), (_, _) => forged);

        await TamperedAsync(() => SecretAsync(victim, service));
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
