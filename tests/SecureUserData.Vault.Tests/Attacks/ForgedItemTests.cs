using SecureUserData.Tests.Conformance;
using SecureUserData.Vault.Items;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault.Tests.Attacks;

/// <summary>A server that mixes up what was signed, or is with a user who signs what he may not.</summary>
public sealed class ForgedItemTests(EmbeddedFixture engine) : VaultAttack(engine), IClassFixture<EmbeddedFixture>
{
    [Fact]
    public async Task Urls_and_records_of_two_services_cannot_be_swapped()
    {
        using var grace = await FoundAsync();
        var group = await grace.AddGroupAsync("Database team");
        var (one, two) = (await AddServiceAsync(grace, "One", group), await AddServiceAsync(grace, "Two", group));
        var victim = await FreshAsync(grace);
        Server.Lie<VaultItemView>(nameof(IVaultItem.GetAsync), (_, _) => two.View with { Id = one.Id });
        await TamperedAsync(() => victim.GetAsync(one.Id));
        Server.Lie<VaultItemView>(nameof(IVaultItem.GetAsync), (_, _) => two.View);
        await TamperedAsync(() => victim.GetAsync(one.Id));
        var edited = (one.Record with { Content = one.Content with { Url = "https://evil.example.org" } }).ToBody();
        Server.Lie<VaultItemView>(
            nameof(IVaultItem.GetAsync), (_, view) => view with { Record = view.Record with { Body = edited } });
        await TamperedAsync(() => victim.GetAsync(one.Id));
        Assert.Empty(victim.Trust.Items);
    }

    [Fact]
    public async Task Secrets_ciphertexts_and_seals_belong_to_one_service_version_group_and_kind()
    {
        using var grace = await FoundAsync();
        var (team, night) = (await grace.AddGroupAsync("Database team"), await grace.AddGroupAsync("Night shift"));
        var one = await AddServiceAsync(grace, "One", team);
        var two = await AddServiceAsync(grace, "Two", team);
        var other = await AddServiceAsync(grace, "Other", night);
        one = await grace.SetTextAsync(one, VaultTextKind.Secret, Bytes("second"));
        one = await grace.SetTextAsync(one, VaultTextKind.Notes, Bytes("notes"));
        var session = await grace.OpenSessionAsync();
        Task<VaultText> Of(SeenItem item, VaultTextKind kind = VaultTextKind.Secret, long version = 0) =>
            session.Get(item.Id).GetTextAsync(kind, version);
        var (right, first, notes) = (await Of(one), await Of(one, version: 1), await Of(one, VaultTextKind.Notes));
        var (twos, others) = (await Of(two), await Of(other));
        foreach (var forged in (VaultText[])
        [
            twos, notes, others,
            right with { Ciphertext = twos.Ciphertext }, right with { Ciphertext = first.Ciphertext },
            right with { Seals = twos.Seals }, right with { Seals = first.Seals },
            right with { Seals = notes.Seals }, right with { Seals = others.Seals },
            right with { Text = first.Text }, right with { Text = first.Text, Ciphertext = first.Ciphertext },
            right with { Seals = [SealOf(grace, one, VaultTextKind.Secret, 2, night, new byte[32])] },
        ])
        {
            var victim = await FreshAsync(grace);
            Server.Lie<VaultText>(nameof(IVaultItem.GetTextAsync), (_, _) => forged);
            var item = await victim.GetAsync(one.Id);
            await TamperedAsync(() => victim.ReadAsync(item, VaultTextKind.Secret, 2));
        }
    }

    [Fact]
    public async Task A_record_and_a_secret_by_who_is_in_none_of_the_groups_are_refused()
    {
        using var grace = await FoundAsync();
        using var eve = await JoinAsync(grace, "Eve");
        var group = await grace.AddGroupAsync("Database team");
        await eve.RefreshAsync();
        var service = await AddServiceAsync(grace, "Main database", group);
        var victim = await VictimAsync(grace);
        await SecretAsync(victim, service);
        var record = Next(eve, service, service.Content with { Url = "https://evil.example.org" });
        Server.Lie<VaultItemView>(nameof(IVaultItem.GetAsync), (_, view) => view with { Record = record });
        await TamperedAsync(() => victim.GetAsync(service.Id));
        Server.TellTheTruth();
        var secret = SecretOf(eve, service, 2, group, "eve knows this");
        Server.Lie<VaultText>(nameof(IVaultItem.GetTextAsync), (_, _) => secret);
        await TamperedAsync(() => SecretAsync(victim, service));
        Server.TellTheTruth();
        Assert.Equal(Password, await SecretAsync(victim, service));
    }

    [Fact]
    public async Task A_junk_seal_by_a_real_member_is_refused_and_says_for_which_group()
    {
        using var grace = await FoundAsync();
        using var ada = await JoinAsync(grace, "Ada");
        var group = await grace.AddGroupAsync("Database team");
        await grace.SetMemberAsync(group, ada.Me);
        var service = await AddServiceAsync(grace, "Main database", group);
        await ada.RefreshAsync();
        var junk = SealOf(ada, service, VaultTextKind.Secret, 1, group, new byte[32]);
        var victim = await VictimAsync(grace);
        Server.Lie<VaultText>(nameof(IVaultItem.GetTextAsync), (_, text) => text with { Seals = [junk] });

        var refusal = await TamperedAsync(() => SecretAsync(victim, service));

        Assert.Contains($"{group}", refusal.Message);
    }

    [Fact]
    public async Task A_groups_key_that_is_anothers_or_not_the_one_in_the_chain_is_refused()
    {
        using var grace = await FoundAsync();
        using var ada = await JoinAsync(grace, "Ada");
        var (team, night) = (await grace.AddGroupAsync("Database team"), await grace.AddGroupAsync("Night shift"));
        var service = await AddServiceAsync(grace, "Main database", team);
        var session = await grace.OpenSessionAsync();
        var others = await session.Get(grace.Trust.Vault).GetGroupKeysAsync(night);
        Signed Invented(byte[] content)
        {
            var to = grace.Keys.Sealing.PublicKey.ToArray();
            var seal = new Seal(
                grace.Trust.Vault, SealPurpose.GroupKey, team, 1, $"{grace.Me}", 0, grace.Ledger.Head,
                Clock.GetUtcNow(), grace.Me, []);
            return Sign(grace, (seal with
            {
                Bytes = Hpke.Seal(to, seal.Info(), seal.Binding(to), content),
            }).ToBody());
        }

        using var point = SealingKey.Generate();
        var scalar = new byte[32];
        point.ExportScalar(scalar);
        foreach (var seals in (IReadOnlyList<Signed>[])[others, [Invented(scalar)], [Invented(new byte[7])]])
        {
            var victim = await FreshAsync(grace);
            Server.Lie<IReadOnlyList<Signed>>(nameof(IVault.GetGroupKeysAsync), (_, _) => seals);
            await TamperedAsync(() => victim.SetMemberAsync(team, ada.Me)); // it would hand on what it was given
            await TamperedAsync(() => SecretAsync(victim, service));
        }
        Assert.Empty(Server.Sent(nameof(IVault.AppendAsync)));
    }

    [Fact]
    public async Task A_challenge_is_signed_in_a_context_of_its_own_and_only_when_it_is_32_bytes()
    {
        using var grace = await FoundAsync();
        var group = await grace.AddGroupAsync("Database team");
        var service = await AddServiceAsync(grace, "Main database", group);
        var session = await grace.OpenSessionAsync();
        var seal = Assert.Single((await session.Get(service.Id).GetTextAsync(VaultTextKind.Secret)).Seals);
        foreach (var challenge in (byte[][])[Seal.Read(seal.Body).Bytes, seal.Body, service.View.Record.Body, []])
        {
            Server.Lie<byte[]>(nameof(ISecureUserData.ChallengeAsync), (_, _) => challenge);
            await TamperedAsync(() => VictimAsync(grace));
        }
        Assert.Empty(Server.Sent(nameof(ISecureUserData.SignInToVaultAsync)));

        // 32 bytes of the server's choice: what is signed then begins with a context that nothing else is read with,
        // and it cannot be read as an act, a record, a text or a seal whatever the server chooses.
        Server.Lie<byte[]>(nameof(ISecureUserData.ChallengeAsync), (_, _) => grace.Ledger.Head.Hash);
        await RefusedAsync(ErrorCode.Denied, () => VictimAsync(grace));
        var answer = (VaultSignIn)Assert.Single(Server.Sent(nameof(ISecureUserData.SignInToVaultAsync)))[0]!;
        var said = SignInText.Of(answer);
        var own = grace.Ledger.Users[grace.Me].Keys!;
        Assert.True(Verifies(said));
        foreach (var read in (Action[])
        [
            () => SignedAct.Read(said), () => ItemRecord.Read(said), () => SealedText.Read(said), () => Seal.Read(said),
        ])
            Assert.Equal(ErrorCode.Invalid, Assert.Throws<SecureUserDataException>(read).Code);
        foreach (var other in (byte[][])
        [
            Invitation.Text(grace.Trust.Vault, grace.Me, own), grace.Trust.Acts[0].Body, service.View.Record.Body,
            seal.Body, answer.ServerNonce,
        ])
            Assert.False(Verifies(other));

        bool Verifies(byte[] body)
        {
            using var key = VerifyingKey.From(own.Signing);
            return key.Verify(body, answer.Signature);
        }
    }

    [Fact]
    public async Task What_is_left_out_of_a_list_of_items_is_not_noticed_and_asking_for_it_by_its_id_is()
    {
        using var grace = await FoundAsync();
        var service = await AddServiceAsync(grace, "Main database", await grace.AddGroupAsync("Database team"));
        var victim = await VictimAsync(grace);
        Server.Lie<Page<VaultItemView>>(nameof(IVaultItems.ListAsync), (_, page) => page with { Items = [] });

        Assert.Empty(await victim.ListAsync(VaultItemKind.Service)); // a server can deny what it is asked for
        Assert.Equal(service.Id, (await victim.GetAsync(service.Id)).Id);
    }
}
