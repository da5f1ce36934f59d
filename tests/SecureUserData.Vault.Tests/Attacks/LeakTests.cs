using SecureUserData.Tests.Conformance;
using SecureUserData.Vault.Items;

namespace SecureUserData.Vault.Tests.Attacks;

/// <summary>A server that wants a client to seal something for somebody who may not read it.</summary>
public sealed class LeakTests(EmbeddedFixture engine) : VaultAttack(engine), IClassFixture<EmbeddedFixture>
{
    [Fact]
    public async Task A_service_of_another_group_in_a_groups_list_is_not_sealed_to_it()
    {
        using var grace = await FoundAsync();
        var (team, interns) = (await grace.AddGroupAsync("Database team"), await grace.AddGroupAsync("Interns"));
        var service = await AddServiceAsync(grace, "Main database", team);
        await grace.RenewGroupKeyAsync(interns);
        var victim = await VictimAsync(grace);
        Server.Lie<Page<VaultItemId>>(
            nameof(IVault.ListStaleAsync), (_, _) => new Page<VaultItemId>([service.Id], null));

        Assert.Empty(await victim.ResealAsync(interns, null, TestContext.Current.CancellationToken));

        Assert.Empty(Server.Sent(nameof(IVaultItem.PutAsync)));
    }

    [Fact]
    public async Task Seals_of_another_group_or_with_another_key_in_them_are_not_sealed_anew()
    {
        using var grace = await FoundAsync();
        var (team, interns) = (await grace.AddGroupAsync("Database team"), await grace.AddGroupAsync("Interns"));
        var service = await AddServiceAsync(grace, "Main database", team, interns);
        var junk = SealOf(grace, service, VaultTextKind.Secret, 1, interns, new byte[32]);
        await grace.RenewGroupKeyAsync(interns);
        var others = await (await grace.OpenSessionAsync()).Get(service.Id).GetSealsAsync(team);
        foreach (var seals in (IReadOnlyList<Signed>[])[others, [junk], [null!]])
        {
            var victim = await VictimAsync(grace);
            Server.Lie<IReadOnlyList<Signed>>(nameof(IVaultItem.GetSealsAsync), (_, _) => seals);
            await TamperedAsync(() => victim.ResealAsync(interns, null, TestContext.Current.CancellationToken));
        }
        Assert.Empty(Server.Sent(nameof(IVaultItem.PutAsync)));
        Server.TellTheTruth();
        Assert.Single(await grace.ResealAsync(interns, null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task One_members_junk_keeps_nothing_else_from_being_sealed_anew_and_is_named()
    {
        using var grace = await FoundAsync();
        using var ada = await JoinAsync(grace, "Ada");
        var group = await grace.AddGroupAsync("Database team");
        await grace.SetMemberAsync(group, ada.Me);
        await ada.RefreshAsync();
        var services = new List<LedgerItem>();
        for (var i = 0; i < 3; i++) services.Add(await AddServiceAsync(grace, $"Service {i}", group));
        await grace.RenewGroupKeyAsync(group);
        await ada.RefreshAsync();
        var junk = SealOf(ada, services[1], VaultTextKind.Secret, 1, group, new byte[32]);
        await (await ada.OpenSessionAsync()).Get(services[1].Id).PutAsync(new VaultItemChange { Seals = [junk] });
        await grace.RenewGroupKeyAsync(group);

        var refusal = await TamperedAsync(
            () => grace.ResealAsync(group, null, TestContext.Current.CancellationToken));

        Assert.Contains($"{services[1].Id}", refusal.Message);
        var session = await grace.OpenSessionAsync();
        var stale = await session.Get(grace.Trust.Vault).ListStaleAsync(group);
        Assert.Equal([services[1].Id], stale.Items);
        foreach (var whole in new[] { services[0], services[2] })
            Assert.Equal(Password, await SecretAsync(grace, whole));
    }

    [Fact]
    public async Task A_member_who_was_removed_is_not_handed_the_groups_key_though_the_server_says_he_waits()
    {
        using var grace = await FoundAsync();
        using var ada = await JoinAsync(grace, "Ada");
        using var eve = await JoinAsync(grace, "Eve");
        var group = await grace.AddGroupAsync("Database team");
        foreach (var member in new[] { ada, eve }) await grace.SetMemberAsync(group, member.Me);
        var victim = await VictimAsync(ada);
        await grace.RemoveMemberAsync(group, eve.Me); // the victim has not seen this yet
        Server.Lie<IReadOnlyList<VaultMember>>(
            nameof(IVault.ListWaitingAsync), (_, _) => [new VaultMember(group, eve.Me)]);
        Server.Invent(nameof(IVault.AddGroupKeysAsync), _ => Task.FromResult<object?>(true));

        Assert.Empty(await victim.CompleteMembersAsync());

        Assert.Empty(Server.Sent(nameof(IVault.AddGroupKeysAsync)));
    }

    [Fact]
    public async Task A_user_who_has_not_set_up_is_not_sealed_for_though_the_server_says_he_waits()
    {
        using var grace = await FoundAsync();
        var group = await grace.AddGroupAsync("Database team");
        var invitation = await grace.AddUserAsync("Ada");
        await grace.SetMemberAsync(group, invitation.User);
        var victim = await VictimAsync(grace);
        Server.Lie<IReadOnlyList<VaultMember>>(
            nameof(IVault.ListWaitingAsync), (_, _) => [new VaultMember(group, invitation.User)]);

        Assert.Empty(await victim.CompleteMembersAsync());
    }

    [Fact]
    public async Task A_groups_key_that_was_refused_once_is_never_used()
    {
        using var grace = await FoundAsync();
        using var ada = await JoinAsync(grace, "Ada");
        using var eve = await JoinAsync(grace, "Eve");
        var group = await grace.AddGroupAsync("Database team");
        foreach (var member in new[] { ada, eve }) await grace.SetMemberAsync(group, member.Me);
        await grace.SetMemberAsync(group, ada.Me, isAdministrator: true);
        var victim = await VictimAsync(ada);
        await grace.RemoveMemberAsync(group, eve.Me); // the victim seals for Eve, and is told of this then

        await victim.RenewGroupKeyAsync(group);

        var sent = Server.Sent(nameof(IVault.AppendAsync)).Select(call => (VaultChange)call[0]!).ToList();
        Assert.Equal(2, sent.Count);
        var kept = Assert.Single(sent[0].Seals, signed => Seal.Read(signed.Body).Subject == $"{eve.Me}");
        var seal = Seal.Read(kept.Body);
        using var known = SealingKey.From(
            Hpke.Open(eve.Keys.Sealing, seal.Info(), seal.Binding(eve.Keys.Sealing.PublicKey), seal.Bytes));
        Assert.False(known.PublicKey.SequenceEqual(victim.Ledger.Groups[group].Key), "Eve has the group's new key.");
    }
}
