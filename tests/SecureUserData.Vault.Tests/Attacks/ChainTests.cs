using SecureUserData.Tests.Conformance;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault.Tests.Attacks;

/// <summary>A server that shows users and groups as it likes.</summary>
public sealed class ChainTests(EmbeddedFixture engine) : VaultAttack(engine), IClassFixture<EmbeddedFixture>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_users_key_that_was_swapped_is_refused_at_first_sight_and_later(bool isFirstSight)
    {
        using var grace = await FoundAsync();
        var before = new VaultTrust(grace.Trust.Vault, grace.Trust.Root);
        if (!isFirstSight) Catch(before, grace);
        using var ada = await JoinAsync(grace, "Ada");
        using var mine = UserKeys.Generate("vault/app_x", "eve");
        var keys = new VaultKeys(mine.Sealing.PublicKey.ToArray(), mine.Signing.PublicKey.ToArray());
        Server.Lie<IReadOnlyList<Signed>>(nameof(IVault.ListActsAsync), (_, acts) => [.. acts.Select(signed =>
        {
            var act = SignedAct.Read(signed.Body);
            if (act.Act is not SetUpUser setUp) return signed;
            var body = (act with { Act = setUp with { Keys = keys } }).ToBody();
            return new Signed(body, mine.Signing.Sign(body)); // all that a server can do: the invitation is not its own
        })]);

        await TamperedAsync(() => VaultClient.ConnectAsync(Server, grace.Keys, before, Clock));

        Assert.Null(before.Ledger.Users.GetValueOrDefault(ada.Me)?.Keys);
    }

    [Fact]
    public async Task An_invitee_is_not_shown_a_vault_that_somebody_else_founded()
    {
        using var grace = await FoundAsync();
        var invitation = await grace.AddUserAsync("Ada");
        using var mine = UserKeys.Generate($"{grace.Trust.Vault}", $"{grace.Me}");
        var keys = new VaultKeys(mine.Sealing.PublicKey.ToArray(), mine.Signing.PublicKey.ToArray());
        var body = new SignedAct(
            grace.Trust.Vault, VaultHead.Start, Clock.GetUtcNow(), grace.Me, new FoundVault("Grace", keys)).ToBody();
        Server.Lie<VaultHead>(nameof(IVault.GetHeadAsync), (_, _) => SignedAct.Next(VaultHead.Start, body));
        Server.Lie<IReadOnlyList<Signed>>(
            nameof(IVault.ListActsAsync), (_, _) => [new Signed(body, mine.Signing.Sign(body))]);

        await TamperedAsync(() => VaultClient.SetUpAsync(Server, invitation, _ => { }, Clock));

        Assert.Empty(Server.Sent(nameof(IVault.AppendAsync)));
    }

    [Fact]
    public async Task A_chain_that_is_shorter_than_what_was_seen_is_refused()
    {
        using var grace = await FoundAsync();
        using var eve = await JoinAsync(grace, "Eve");
        var old = grace.Ledger.Head;
        await grace.RemoveUserAsync(eve.Me);
        Server.Lie<VaultHead>(nameof(IVault.GetHeadAsync), (_, _) => old);

        await TamperedAsync(() => VictimAsync(grace));

        Assert.True(grace.Ledger.Users[eve.Me].IsRemoved);
    }

    [Fact]
    public async Task A_removal_cannot_be_left_out_before_a_later_act()
    {
        using var grace = await FoundAsync();
        using var eve = await JoinAsync(grace, "Eve");
        var removal = grace.Ledger.Head.Sequence;
        await grace.RemoveUserAsync(eve.Me);
        await grace.AddGroupAsync("Database team");
        Server.Lie<IReadOnlyList<Signed>>(
            nameof(IVault.ListActsAsync), (_, acts) => [.. acts.Where((_, i) => i != (int)removal)]);

        await TamperedAsync(() => FreshAsync(grace));
    }

    [Fact]
    public async Task Two_clients_that_are_shown_different_acts_find_out_by_the_first_seal_that_names_the_other_ones()
    {
        using var grace = await FoundAsync();
        using var ada = await JoinAsync(grace, "Ada");
        var group = await grace.AddGroupAsync("Database team");
        await grace.SetMemberAsync(group, ada.Me);
        var service = await AddServiceAsync(grace, "Main database", group);
        await ada.RefreshAsync();
        var victim = await VictimAsync(ada);
        Show(grace, Sign(grace, new SetAdministrator(ada.Me, true))); // the victim alone is shown this one
        await victim.RefreshAsync();
        await grace.PutGroupAsync(group, "Databases", isHidden: false);
        var seal = SealOf(grace, service, VaultTextKind.Secret, 1, group, new byte[32]);
        Server.Lie<VaultText>(nameof(IVaultItem.GetTextAsync), (_, text) => text with { Seals = [seal] });

        await TamperedAsync(() => SecretAsync(victim, service));

        Server.TellTheTruth();
        await TamperedAsync(victim.RefreshAsync);
    }

    [Fact]
    public async Task Acts_that_break_the_rules_are_not_believed_though_a_user_signed_them()
    {
        using var grace = await FoundAsync();
        using var eve = await JoinAsync(grace, "Eve");
        using var joe = await JoinAsync(grace, "Joe");
        var group = await grace.AddGroupAsync("Database team");
        var pending = await grace.AddUserAsync("Ada", setUpTime: TimeSpan.FromSeconds(60));
        await grace.RemoveUserAsync(joe.Me);
        foreach (var client in new[] { eve, joe }) Catch(client.Trust, grace);
        using var mine = UserKeys.Generate($"{grace.Trust.Vault}", $"{pending.User}");
        var keys = new VaultKeys(mine.Sealing.PublicKey.ToArray(), mine.Signing.PublicKey.ToArray());
        using var secret = SigningKey.From(pending.Secret);
        using var point = SealingKey.Generate();
        var covered = secret.Sign(Invitation.Text(grace.Trust.Vault, pending.User, keys));
        var others = secret.Sign(Invitation.Text(grace.Trust.Vault, pending.User, eve.Ledger.Users[eve.Me].Keys!));
        Signed SetUp(TimeSpan after, byte[] signature)
        {
            var body = new SignedAct(
                grace.Trust.Vault, grace.Ledger.Head, Clock.GetUtcNow() + after, pending.User,
                new SetUpUser(keys, signature)).ToBody();
            return new Signed(body, mine.Signing.Sign(body));
        }

        (string What, Signed Act)[] forged =
        [
            ("adds himself to a group", Sign(eve, new SetMember(group, eve.Me, false))),
            ("makes himself administrator", Sign(eve, new SetAdministrator(eve.Me, true))),
            ("takes the founder out", Sign(eve, new RemoveUser(grace.Me))),
            ("invites a user", Sign(eve, new AddUser(
                VaultUserId.New(), "Mallory", true, mine.Signing.PublicKey.ToArray(), Clock.GetUtcNow().AddDays(1)))),
            ("renews another group's key", Sign(eve, new RenewGroupKey(group, point.PublicKey.ToArray()))),
            ("ends another group", Sign(eve, new RemoveGroup(group))),
            ("removes the last administrator", Sign(grace, new RemoveUser(grace.Me))),
            ("unmakes the last administrator", Sign(grace, new SetAdministrator(grace.Me, false))),
            ("was removed", Sign(joe, new AddGroup(
                VaultGroupId.New(), new byte[32], false, point.PublicKey.ToArray()))),
            ("founds it again", Sign(eve, new FoundVault("Eve", keys))),
            ("sets up with keys that the invitation does not cover", SetUp(TimeSpan.Zero, others)),
            ("sets up after the time", SetUp(TimeSpan.FromSeconds(61), covered)),
            ("sets up a second time", Sign(eve, new SetUpUser(eve.Ledger.Users[eve.Me].Keys!, covered))),
        ];
        foreach (var (what, act) in forged) await AssertNotBelievedAsync(grace, what, act);
        var right = SetUp(TimeSpan.FromSeconds(60), covered); // the same in time is believed
        Show(grace, right);
        var victim = await VictimAsync(grace);
        Assert.NotNull(victim.Ledger.Active(pending.User));
    }

    [Fact]
    public async Task A_group_that_looks_like_another_one_and_a_name_that_was_not_signed_are_refused()
    {
        using var grace = await FoundAsync();
        var team = await grace.AddGroupAsync("Database team");
        await grace.AddGroupAsync("Night shift");
        var victim = await VictimAsync(grace);
        Server.Lie<IReadOnlyList<VaultGroupName>>(
            nameof(IVault.ListGroupNamesAsync),
            (_, names) => [.. names.Select(name => name.Group == team ? name with { Name = "Interns" } : name)]);
        await TamperedAsync(victim.ListGroupsAsync);
        Server.Lie<IReadOnlyList<VaultGroupName>>(
            nameof(IVault.ListGroupNamesAsync),
            (_, names) => [.. names, GroupNames.Of(VaultGroupId.New(), "Interns")]);
        await TamperedAsync(victim.ListGroupsAsync);
        Server.Lie<IReadOnlyList<VaultGroupName>>(
            nameof(IVault.ListGroupNamesAsync), (_, names) => [.. names.Where(name => name.Group != team)]);
        await TamperedAsync(victim.ListGroupsAsync);
        Server.TellTheTruth();
        Assert.Equal(2, (await victim.ListGroupsAsync()).Count);
    }

    /// <summary>Shows a client what another one has verified.</summary>
    private static void Catch(VaultTrust trust, VaultClient to)
    {
        var signatures = new Signatures();
        foreach (var act in to.Trust.Acts.Skip((int)trust.Ledger.Head.Sequence)) trust.Take(act, signatures);
    }
}
