using SecureUserData.Vault;
using SecureUserData.Vault.Items;

namespace SecureUserData.Conformance.Vault;

/// <summary>A team shares secrets.</summary>
public abstract class SharedSecretsConformance(EngineFixture fixture) : VaultConformance(fixture)
{
    [Fact]
    public async Task A_member_of_one_of_its_groups_reads_a_secret_and_nobody_else_does()
    {
        using var grace = await FoundAsync();
        using var ada = await JoinAsync(grace, "Ada");
        using var eve = await JoinAsync(grace, "Eve", isAdministrator: true);
        var group = await grace.AddGroupAsync("Database team");
        await grace.SetMemberAsync(group, ada.Me);
        var service = await AddServiceAsync(grace, "Main database", group);

        await ada.RefreshAsync();
        Assert.Equal(Password, await SecretAsync(ada, service));
        Assert.Equal("Main database", (await eve.GetAsync(service.Id)).Content.Name);
        await RefusedAsync(ErrorCode.Denied, () => SecretAsync(eve, service));
    }

    [Fact]
    public async Task Anybody_adds_a_service_to_any_group_and_may_not_be_able_to_read_it_back()
    {
        using var grace = await FoundAsync();
        using var ada = await JoinAsync(grace, "Ada");
        var group = await grace.AddGroupAsync("Database team");
        await ada.RefreshAsync();
        var service = await AddServiceAsync(ada, "Main database", group);

        await RefusedAsync(ErrorCode.Denied, () => SecretAsync(ada, service));
        Assert.Equal(Password, await SecretAsync(grace, service));
    }

    [Fact]
    public async Task A_password_is_changed_by_members_only_and_its_last_ten_versions_stay_readable()
    {
        using var grace = await FoundAsync();
        using var ada = await JoinAsync(grace, "Ada");
        using var eve = await JoinAsync(grace, "Eve");
        var group = await grace.AddGroupAsync("Database team");
        await grace.SetMemberAsync(group, ada.Me);
        await ada.RefreshAsync();
        var service = await AddServiceAsync(grace, "Main database", group);
        for (var i = 2; i <= 12; i++)
            service = await ada.SetTextAsync(service, VaultTextKind.Secret, Bytes($"password {i}"));

        Assert.Equal("password 12", await SecretAsync(grace, service));
        Assert.Equal("password 3", await SecretAsync(grace, service, 3));
        await RefusedAsync(ErrorCode.NotFound, () => SecretAsync(grace, service, 2));
        var versions = (await grace.GetAsync(service.Id)).Texts;
        Assert.Equal(Enumerable.Range(3, 10), versions.Select(version => (int)version.Version));
        Assert.All(versions, version => Assert.Equal(ada.Me, version.By));
        await RefusedAsync(
            ErrorCode.Denied, () => eve.SetTextAsync(service, VaultTextKind.Secret, Bytes("mine now")));
    }

    [Fact]
    public async Task Who_leaves_a_group_reads_nothing_of_it_any_more_and_the_others_read_everything()
    {
        using var grace = await FoundAsync();
        using var ada = await JoinAsync(grace, "Ada");
        using var eve = await JoinAsync(grace, "Eve");
        var group = await grace.AddGroupAsync("Database team");
        foreach (var member in new[] { ada, eve }) await grace.SetMemberAsync(group, member.Me);
        var service = await AddServiceAsync(grace, "Main database", group);
        service = await grace.SetTextAsync(service, VaultTextKind.Secret, Bytes("second"));
        await eve.RefreshAsync();
        Assert.Equal("second", await SecretAsync(eve, service));

        await grace.RemoveMemberAsync(group, eve.Me);
        var resealed = await grace.ResealAsync(group);

        Assert.Equal([service.Id], resealed.Select(item => item.Id));
        Assert.Empty(await grace.ResealAsync(group));
        await ada.RefreshAsync();
        Assert.Equal("second", await SecretAsync(ada, service));
        Assert.Equal(Password, await SecretAsync(ada, service, 1));
        await RefusedAsync(ErrorCode.Denied, () => SecretAsync(eve, service));
        await RefusedAsync(
            ErrorCode.Denied, () => eve.SetTextAsync(service, VaultTextKind.Secret, Bytes("to the old key")));
    }

    [Fact]
    public async Task An_invited_user_is_a_member_before_setting_up_and_reads_when_a_member_has_signed_in_again()
    {
        using var grace = await FoundAsync();
        var group = await grace.AddGroupAsync("Database team");
        var invitation = await grace.AddUserAsync("Ada");
        await grace.SetMemberAsync(group, invitation.User);
        var service = await AddServiceAsync(grace, "Main database", group);
        using var ada = await VaultClient.SetUpAsync(Engine, invitation, _ => { }, Clock);
        await RefusedAsync(ErrorCode.Denied, () => SecretAsync(ada, service));

        await grace.RefreshAsync();
        Assert.Equal([(group, ada.Me)], await grace.CompleteMembersAsync());

        Assert.Equal(Password, await SecretAsync(ada, service));
        Assert.Empty(await grace.CompleteMembersAsync());
    }

    [Fact]
    public async Task A_service_that_is_added_to_a_group_is_read_there_with_its_history_and_leaves_it_again()
    {
        using var grace = await FoundAsync();
        using var ada = await JoinAsync(grace, "Ada");
        var (first, second) = (await grace.AddGroupAsync("Database team"), await grace.AddGroupAsync("Night shift"));
        await grace.SetMemberAsync(second, ada.Me);
        var service = await AddServiceAsync(grace, "Main database", first);
        service = await grace.SetTextAsync(service, VaultTextKind.Secret, Bytes("second"));

        service = await grace.AddToGroupAsync(service, second);

        await ada.RefreshAsync();
        Assert.Equal(["second", Password], [await SecretAsync(ada, service), await SecretAsync(ada, service, 1)]);
        service = await grace.RemoveFromGroupAsync(service, second);
        await RefusedAsync(ErrorCode.Denied, () => SecretAsync(ada, service));
        await RefusedAsync(ErrorCode.Invalid, () => grace.RemoveFromGroupAsync(service, first));
    }

    [Fact]
    public async Task Customers_and_machines_are_for_everybody_and_go_only_when_nothing_needs_them()
    {
        using var grace = await FoundAsync();
        using var ada = await JoinAsync(grace, "Ada");
        var group = await grace.AddGroupAsync("Database team");
        await ada.RefreshAsync();
        var customer = await ada.AddAsync(VaultItemKind.Customer, new ItemContent("Library"));
        var machine = await ada.AddAsync(VaultItemKind.Machine, new ItemContent("db1")
        {
            Customer = customer.Id, Fqdn = "db1.example.org", Ip = "192.0.2.7", Location = "Rack 3", Groups = [group],
        }, notes: Bytes("The key is under the mat."));
        var service = await grace.AddAsync(
            VaultItemKind.Service, new ItemContent("ssh") { Machine = machine.Id, Groups = [group] }, Bytes(Password));
        var child = await grace.AddAsync(
            VaultItemKind.Service, new ItemContent("psql") { Parent = service.Id, Groups = [group] }, Bytes("other"));

        Assert.Equal(
            "The key is under the mat.", Text((await grace.ReadAsync(machine, VaultTextKind.Notes)).Content));
        machine = await grace.PutAsync(machine, machine.Content with { Location = "Rack 4" });
        await RefusedAsync(ErrorCode.Denied, () => ada.RemoveAsync(customer));
        Assert.Contains($"{machine.Id}", (await RefusedAsync(
            ErrorCode.Conflict, () => grace.RemoveAsync(customer))).Message);
        await RefusedAsync(ErrorCode.Conflict, () => grace.RemoveAsync(service));
        await RefusedAsync(
            ErrorCode.Conflict, () => grace.PutAsync(service, service.Content with { Parent = child.Id }));
        Assert.Contains($"{child.Id}", (await RefusedAsync(
            ErrorCode.Conflict, () => grace.RemoveGroupAsync(group))).Message);
        foreach (var item in new[] { child, service, machine, customer }) await grace.RemoveAsync(item);
        await grace.RemoveGroupAsync(group);
        Assert.Empty(await grace.ListAsync(VaultItemKind.Machine));
    }

    [Fact]
    public async Task Of_those_who_change_a_vault_at_the_same_time_each_is_heard_and_of_one_item_one_is_told()
    {
        using var grace = await FoundAsync();
        using var ada = await JoinAsync(grace, "Ada");
        var group = await grace.AddGroupAsync("Database team");
        await grace.SetMemberAsync(group, ada.Me);
        await ada.RefreshAsync();
        var added = await Task.WhenAll(
            Task.Run(() => AddEachAsync(grace, "Grace", group)), Task.Run(() => AddEachAsync(ada, "Ada", group)));
        var service = added[0][0];
        await ada.RefreshAsync();
        await grace.PutAsync(service, service.Content with { Url = "https://first.example.org" });
        await RefusedAsync(
            ErrorCode.Conflict, () => ada.PutAsync(service, service.Content with { Url = "https://late.example.org" }));

        Assert.Equal(
            added.SelectMany(items => items).Select(item => $"{item.Id}").Order(StringComparer.Ordinal),
            (await grace.ListAsync(VaultItemKind.Service)).Select(item => $"{item.Id}"));
        Assert.Equal("https://first.example.org", (await ada.GetAsync(service.Id)).Content.Url);
        foreach (var item in added[1]) Assert.Equal(Password, await SecretAsync(grace, item));
    }

    [Fact]
    public async Task What_was_handed_out_and_changed_is_on_record()
    {
        using var grace = await FoundAsync();
        var group = await grace.AddGroupAsync("Database team");
        var service = await AddServiceAsync(grace, "Main database", group);
        await SecretAsync(grace, service);
        await grace.RemoveAsync(service);

        var session = await grace.OpenSessionAsync();
        var log = await LogAsync(session.Get(service.Id).ReadLogAsync);
        Assert.Equal(
            [Activity.VaultItemChanged, Activity.VaultTextHandedOut, Activity.VaultItemChanged],
            log.Select(entry => entry.Activity));
        Assert.Equal(["secret/1"], log[1].Names);
        Assert.All(log, entry => Assert.Equal($"{grace.Me}", entry.Actor));
        var acts = await LogAsync(session.Get(grace.Trust.Vault).ReadLogAsync);
        Assert.All(acts, entry => Assert.Equal(Activity.VaultChanged, entry.Activity));
        Assert.Equal(
            [
                $"invite-founder {grace.Me}", "found-vault", $"add-group {group}", $"put-item {service.Id}",
                $"put-item {service.Id}",
            ],
            acts.Select(entry => string.Join(' ', entry.Names)));
    }

    [Fact]
    public async Task A_vault_outlives_a_restart()
    {
        using var grace = await FoundAsync();
        var group = await grace.AddGroupAsync("Database team");
        var service = await AddServiceAsync(grace, "Main database", group);
        await Fixture.RestartAsync();

        using var again = await VaultClient.ConnectAsync(Engine, grace.Keys, grace.Trust, Clock);

        Assert.Equal(Password, await SecretAsync(again, service));
        Assert.Equal("Database team", Assert.Single(await again.ListGroupsAsync()).Name);
    }

    private static async Task<IReadOnlyList<LedgerItem>> AddEachAsync(
        VaultClient client, string name, VaultGroupId group)
    {
        var items = new List<LedgerItem>();
        for (var i = 0; i < 10; i++) items.Add(await AddServiceAsync(client, $"{name} {i}", group));
        return items;
    }
}
