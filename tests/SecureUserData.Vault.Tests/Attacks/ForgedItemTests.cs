using SecureUserData.Tests.Conformance;
using SecureUserData.Vault.Items;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault.Tests.Attacks;

/// <summary>A server that mixes up what was signed, or is with a user who signs what he may not.</summary>
public sealed class ForgedItemTests(EmbeddedFixture engine) : VaultAttack(engine), IClassFixture<EmbeddedFixture>
{
    [Fact]
    public async Task Urls_and_acts_of_two_services_cannot_be_swapped()
    {
        using var grace = await FoundAsync();
        var group = await grace.AddGroupAsync("Database team");
        await AddServiceAsync(grace, "One", group);
        await AddServiceAsync(grace, "Two", group);
        foreach (var lie in (Func<Signed, Signed, Signed[]>[])
        [
            (one, two) => [two, one],
            (one, two) => [one, one],
            (one, two) => [one with { Body = two.Body }, two with { Body = one.Body }],
            (one, two) => [Edited(one), two],
            (one, two) => [one, Edited(two)],
        ])
        {
            Server.Lie<IReadOnlyList<Signed>>(
                nameof(IVault.ListActsAsync), (_, acts) => [.. acts.SkipLast(2), .. lie(acts[^2], acts[^1])]);
            await TamperedAsync(() => FreshAsync(grace));
        }

        static Signed Edited(Signed signed)
        {
            var act = SignedAct.Read(signed.Body);
            var put = (PutItem)act.Act;
            var evil = put with { Content = put.Content! with { Url = "https://evil.example.org" } };
            return signed with { Body = (act with { Act = evil }).ToBody() };
        }
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
        Task<VaultText> Of(LedgerItem item, long version = 1, VaultTextKind kind = VaultTextKind.Secret) =>
            session.Get(item.Id).GetTextAsync(kind, version);
        var (right, first, notes) = (await Of(one, 2), await Of(one), await Of(one, 1, VaultTextKind.Notes));
        var (twos, others) = (await Of(two), await Of(other));
        foreach (var forged in (VaultText[])
        [
            twos, notes, others,
            right with { Ciphertext = twos.Ciphertext }, right with { Ciphertext = first.Ciphertext },
            right with { Seals = twos.Seals }, right with { Seals = first.Seals },
            right with { Seals = notes.Seals }, right with { Seals = others.Seals },
            first, new VaultText(null!, right.Seals), new VaultText(right.Ciphertext, null!),
            right with { Seals = [null!] }, right with { Seals = [new Signed([], [])] },
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
    public async Task Acts_on_items_that_break_the_rules_are_not_believed_though_a_user_signed_them()
    {
        using var grace = await FoundAsync();
        using var ada = await JoinAsync(grace, "Ada");
        using var eve = await JoinAsync(grace, "Eve");
        using var joe = await JoinAsync(grace, "Joe");
        var group = await grace.AddGroupAsync("Database team");
        foreach (var member in new[] { ada, joe }) await grace.SetMemberAsync(group, member.Me);
        await eve.RefreshAsync();
        var mine = await eve.AddGroupAsync("Interns");
        await grace.RefreshAsync();
        var service = await AddServiceAsync(grace, "Main database", group);
        var early = grace.Ledger.Head;
        await grace.RemoveMemberAsync(group, joe.Me);
        foreach (var client in new[] { ada, eve, joe }) await client.RefreshAsync();
        var evil = service.Content with { Url = "https://evil.example.org" };
        PutItem Secret(VaultClient by) => new(service.Id, null)
        {
            Texts = [SecretOf(by, service, 2, group, "known").Text],
        };
        using var junk = SigningKey.Generate();
        var proof = new ReadProof(VaultTextKind.Secret, junk.Sign(ReadProof.Text(
            ada.Trust.Vault, ada.Ledger.Head, service.Id, VaultTextKind.Secret, ada.Me)));
        var late = new SignedAct(
            joe.Trust.Vault, early, Clock.GetUtcNow(), joe.Me, new PutItem(service.Id, evil)).ToBody();
        (string What, Signed Act)[] forged =
        [
            ("a stranger's URL", Sign(eve, new PutItem(service.Id, evil))),
            ("a stranger's own group", Sign(eve, new PutItem(service.Id, service.Content.In([group, mine])))),
            ("a stranger's secret", Sign(eve, Secret(eve))),
            ("a stranger's group alone", Sign(eve, new PutItem(service.Id, service.Content.In([mine])))),
            ("a secret without proof", Sign(ada, Secret(ada))),
            ("a secret with another's proof", Sign(ada, Secret(ada) with { Proofs = [proof] })),
            ("another group without proof", Sign(ada, new PutItem(service.Id, service.Content.In([group, mine])))),
            ("by who was removed", Sign(joe, new PutItem(service.Id, evil))),
            ("by who was removed, as of before", new Signed(late, joe.Keys.Signing.Sign(late))),
            ("deleted by a member", Sign(ada, new PutItem(service.Id, service.Content with { IsRemoved = true }))),
            ("in no group", Sign(ada, new PutItem(service.Id, service.Content.In([])))),
            ("nothing", Sign(ada, new PutItem(service.Id, null))),
        ];
        foreach (var (what, act) in forged) await AssertNotBelievedAsync(grace, what, act);
        Show(grace, Sign(ada, new PutItem(service.Id, evil))); // a member's own is believed
        Assert.Equal(evil.Url, (await (await FreshAsync(grace)).GetAsync(service.Id)).Content.Url);
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
        var seal = Assert.Single((await session.Get(service.Id).GetTextAsync(VaultTextKind.Secret, 1)).Seals);
        var added = grace.Trust.Acts[^1].Body;
        foreach (var challenge in (byte[][])[Seal.Read(seal.Body).Bytes, seal.Body, added, []])
        {
            Server.Lie<byte[]>(nameof(ISecureUserData.ChallengeAsync), (_, _) => challenge);
            await TamperedAsync(() => VictimAsync(grace));
        }
        Assert.Empty(Server.Sent(nameof(ISecureUserData.SignInToVaultAsync)));

        // 32 bytes of the server's choice: what is signed then begins with a context that nothing else is read with,
        // and it cannot be read as an act or a seal whatever the server chooses.
        Server.Lie<byte[]>(nameof(ISecureUserData.ChallengeAsync), (_, _) => grace.Ledger.Head.Hash);
        await RefusedAsync(ErrorCode.Denied, () => VictimAsync(grace));
        var answer = (VaultSignIn)Assert.Single(Server.Sent(nameof(ISecureUserData.SignInToVaultAsync)))[0]!;
        var said = SignInText.Of(answer);
        var own = grace.Ledger.Users[grace.Me].Keys!;
        Assert.True(Verifies(said));
        foreach (var read in (Action[])[() => SignedAct.Read(said), () => Seal.Read(said)])
            Assert.Equal(ErrorCode.Invalid, Assert.Throws<SecureUserDataException>(read).Code);
        foreach (var other in (byte[][])
        [
            Invitation.Text(grace.Trust.Vault, grace.Me, own), grace.Trust.Acts[0].Body, added, seal.Body,
            ReadProof.Text(grace.Trust.Vault, grace.Ledger.Head, service.Id, VaultTextKind.Secret, grace.Me),
            answer.ServerNonce,
        ])
            Assert.False(Verifies(other));

        bool Verifies(byte[] body)
        {
            using var key = VerifyingKey.From(own.Signing);
            return key.Verify(body, answer.Signature);
        }
    }
}
