using SecureUserData.Tests.Conformance;
using SecureUserData.Vault.Items;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault.Tests.Attacks;

/// <summary>Users with a program of their own, against an honest server.</summary>
public sealed class HostileClientTests(EmbeddedFixture engine) : VaultAttack(engine), IClassFixture<EmbeddedFixture>
{
    [Fact]
    public async Task Seals_that_lack_are_for_others_or_to_an_old_key_are_refused()
    {
        using var grace = await FoundAsync();
        var (team, night) = (await grace.AddGroupAsync("Database team"), await grace.AddGroupAsync("Night shift"));
        var service = await AddServiceAsync(grace, "Main database", team);
        var session = await grace.OpenSessionAsync();
        var item = session.Get(service.Id);
        var old = SealOf(grace, service, VaultTextKind.Secret, 1, team, new byte[32]);
        await RefusedAsync(ErrorCode.Conflict, () => item.PutAsync(new VaultItemChange { Seals = [old] }));
        await grace.RenewGroupKeyAsync(team);
        await RefusedAsync(ErrorCode.Conflict, () => item.PutAsync(new VaultItemChange { Seals = [old] }));
        foreach (var (kind, version, group) in ((VaultTextKind, long, VaultGroupId)[])
            [(VaultTextKind.Secret, 1, night), (VaultTextKind.Notes, 1, team), (VaultTextKind.Secret, 2, team)])
            await RefusedAsync(ErrorCode.Invalid, () => item.PutAsync(new VaultItemChange
            {
                Seals = [SealOf(grace, service, kind, version, group, new byte[32])],
            }));
        service = await grace.GetAsync(service.Id);
        var act = Sign(grace, new PutItem(service.Id, service.Content.In([team, night])));
        await RefusedAsync(ErrorCode.Denied, () => item.PutAsync(new VaultItemChange { Act = act }));
        await RefusedAsync(ErrorCode.Invalid, () => grace.AddAsync(
            VaultItemKind.Service, new ItemContent("No group"), Bytes(Password)));
    }

    [Fact]
    public async Task Nothing_is_sealed_to_a_key_that_somebody_knows_who_has_left()
    {
        using var grace = await FoundAsync();
        using var ada = await JoinAsync(grace, "Ada");
        using var bob = await JoinAsync(grace, "Bob");
        await ada.RefreshAsync();
        var group = await ada.AddGroupAsync("Database team");
        await ada.SetMemberAsync(group, bob.Me);
        await grace.RefreshAsync();
        await grace.RemoveUserAsync(bob.Me);
        await ada.RefreshAsync();
        var item = new LedgerItem(
            VaultItemId.New(VaultItemKind.Service), new ItemContent("Main database") { Groups = [group] });

        await RefusedAsync(ErrorCode.Conflict, PutAsync); // by the server
        var victim = await VictimAsync(ada);
        await RefusedAsync(ErrorCode.Conflict, () => AddServiceAsync(victim, "Main database", group));
        Assert.Empty(Server.Sent(nameof(IVaultItem.PutAsync))); // by the client, whatever server there is
        await ada.RenewGroupKeyAsync(group);
        await PutAsync();

        async Task PutAsync()
        {
            var (text, ciphertext, seal) = SecretOf(ada, item, 1, group, Password);
            var act = Sign(ada, new PutItem(item.Id, item.Content) { Texts = [text] });
            await (await ada.OpenSessionAsync()).Get(item.Id).PutAsync(
                new VaultItemChange { Act = act, Texts = [ciphertext], Seals = [seal] });
        }
    }

    [Fact]
    public async Task A_proof_that_lacks_or_is_of_another_place_or_by_another_key_is_refused()
    {
        using var grace = await FoundAsync();
        var group = await grace.AddGroupAsync("Database team");
        var service = await AddServiceAsync(grace, "Main database", group);
        var victim = await VictimAsync(grace);
        service = await victim.SetTextAsync(service, VaultTextKind.Secret, Bytes("second"));
        var second = (VaultItemChange)Assert.Single(Server.Sent(nameof(IVaultItem.PutAsync)))[0]!;
        var proof = Assert.Single(((PutItem)SignedAct.Read(second.Act!.Body).Act).Proofs);
        var item = (await grace.OpenSessionAsync()).Get(service.Id);
        var third = SecretOf(grace, service, 3, group, "third");
        using var junk = SigningKey.Generate();
        var junks = new ReadProof(VaultTextKind.Secret, junk.Sign(ReadProof.Text(
            grace.Trust.Vault, grace.Ledger.Head, service.Id, VaultTextKind.Secret, grace.Me)));
        foreach (var proofs in (ReadProof[][])[[], [proof], [junks]])
            await RefusedAsync(ErrorCode.Denied, () => item.PutAsync(new VaultItemChange
            {
                Act = Sign(grace, new PutItem(service.Id, null) { Texts = [third.Text], Proofs = [.. proofs] }),
                Texts = [third.Ciphertext],
                Seals = [third.Seal],
            }));
        await RefusedAsync(ErrorCode.Conflict, () => item.PutAsync(second)); // the second version a second time
    }

    [Fact]
    public async Task Acts_on_items_in_a_wrong_place_oversized_of_another_time_or_not_whole_are_refused()
    {
        using var grace = await FoundAsync();
        var group = await grace.AddGroupAsync("Database team");
        var service = await AddServiceAsync(grace, "Main database", group);
        var session = await grace.OpenSessionAsync();
        var item = session.Get(service.Id);
        var put = new PutItem(service.Id, service.Content);
        var next = new SignedAct(grace.Trust.Vault, grace.Ledger.Head, Clock.GetUtcNow(), grace.Me, put);
        Signed Of(SignedAct act) => Sign(grace, act.ToBody());
        var late = next.At + TimeSpan.FromSeconds(301);
        foreach (var (code, act) in ((ErrorCode, SignedAct)[])
        [
            (ErrorCode.Conflict, next with { After = VaultHead.Start }),
            (ErrorCode.Conflict, next with { After = new VaultHead(next.After.Sequence + 1, new byte[32]) }),
            (ErrorCode.Conflict, next with { After = next.After with { Hash = new byte[32] } }),
            (ErrorCode.Invalid, next with { At = late }),
            (ErrorCode.Invalid, next with { At = next.At - TimeSpan.FromSeconds(301) }),
            (ErrorCode.Invalid, next with { Act = put with { Item = VaultItemId.New(VaultItemKind.Service) } }),
            (ErrorCode.Invalid, next with { Act = new RemoveGroup(group) }),
            (ErrorCode.Invalid, next with
            {
                Act = new PutItem(service.Id, service.Content with { Url = new string('a', 40_000) }),
            }),
            (ErrorCode.Invalid, next with { Act = put with { Content = service.Content with { Url = "\u001b[2J" } } }),
            (ErrorCode.Invalid, next with { Act = put with { Content = service.Content with { Url = "a\u202eb" } } }),
        ])
            await RefusedAsync(code, () => item.PutAsync(new VaultItemChange { Act = Of(act) }));
        await RefusedAsync(
            ErrorCode.Invalid, () => session.Get(grace.Trust.Vault).AppendAsync(new VaultChange(Of(next))));
        var secret = SecretOf(grace, service, 1, group, "another");
        var seal = SealOf(grace, service, VaultTextKind.Secret, 1, group, new byte[32]);
        Signed Sealed(Func<Seal, Seal> change) => Sign(grace, change(Seal.Read(seal.Body)).ToBody());
        foreach (var (code, change) in ((ErrorCode, VaultItemChange)[])
        [
            (ErrorCode.Invalid, new() { Seals = [Sealed(seal => seal with { At = late })] }),
            (ErrorCode.Invalid, new() { Seals = [Sealed(seal => seal with { Bytes = new byte[5_000] })] }),
            (ErrorCode.Invalid, new()),
            (ErrorCode.Invalid, new() { Texts = [secret.Ciphertext] }),
            (ErrorCode.Invalid, new() { Act = Of(next), Texts = [secret.Ciphertext] }),
            (ErrorCode.Invalid, new() { Act = Of(next), Texts = [null!] }),
        ])
            await RefusedAsync(code, () => item.PutAsync(change));
        foreach (var known in (VaultHead[])[VaultHead.Start, new(2, new byte[32]), new(9, new byte[32])])
        {
            var change = new VaultItemChange { Seals = [Sealed(seal => seal with { Known = known })] };
            var refusal = await RefusedAsync(ErrorCode.Conflict, () => item.PutAsync(change));
            Assert.Contains("knows an act", refusal.Message);
        }
        await item.PutAsync(new VaultItemChange { Act = Of(next) });
        Assert.Equal(4, (await grace.GetAsync(service.Id)).Sequence);
    }

    [Fact]
    public async Task A_ciphertext_that_is_not_the_one_that_was_signed_and_an_access_key_that_is_none_are_refused()
    {
        using var grace = await FoundAsync();
        var group = await grace.AddGroupAsync("Database team");
        var service = new LedgerItem(
            VaultItemId.New(VaultItemKind.Service), new ItemContent("New") { Groups = [group] });
        var item = (await grace.OpenSessionAsync()).Get(service.Id);
        var (text, ciphertext, seal) = SecretOf(grace, service, 1, group, "secret");
        VaultItemChange Change(NewText said, params VaultCiphertext[] sent) => new()
        {
            Act = Sign(grace, new PutItem(service.Id, service.Content) { Texts = [said] }),
            Texts = sent,
            Seals = [seal],
        };
        await RefusedAsync(
            ErrorCode.Tampered, () => item.PutAsync(Change(text, ciphertext with { Bytes = new byte[44] })));
        await RefusedAsync(ErrorCode.Invalid, () => item.PutAsync(Change(text, ciphertext with { Bytes = [1] })));
        await RefusedAsync(ErrorCode.Invalid, () => item.PutAsync(Change(text)));
        await RefusedAsync(
            ErrorCode.Invalid, () => item.PutAsync(Change(text with { AccessKey = new byte[65] }, ciphertext)));
        await RefusedAsync(ErrorCode.NotFound, () => item.GetTextAsync(VaultTextKind.Secret, 1));
        await item.PutAsync(Change(text, ciphertext));
    }

    [Fact]
    public async Task Acts_that_are_late_or_whose_seals_are_missing_or_oversized_are_refused()
    {
        using var grace = await FoundAsync();
        var vault = (await grace.OpenSessionAsync()).Get(grace.Trust.Vault);
        using var point = SealingKey.Generate();
        var group = VaultGroupId.New();
        var named = GroupNames.Of(group, "Database team");
        var add = new AddGroup(group, GroupNames.Hash(named), false, point.PublicKey.ToArray());
        var change = new VaultChange(Sign(grace, add)) { Name = named };
        await RefusedAsync(ErrorCode.Invalid, () => vault.AppendAsync(change));
        await RefusedAsync(ErrorCode.Invalid, () => vault.AppendAsync(change with { Seals = [null!] }));
        await RefusedAsync(
            ErrorCode.Invalid, () => vault.AppendAsync(change with { Seals = [new Signed(new byte[40_000], [])] }));
        await RefusedAsync(ErrorCode.Invalid, () => vault.AddGroupKeysAsync(group, [null!]));
        await RefusedAsync(ErrorCode.Invalid, () => vault.AppendAsync(null!));
        var act = SignedAct.Read(change.Act.Body);
        foreach (var seconds in (int[])[301, -301])
            await RefusedAsync(ErrorCode.Invalid, () => vault.AppendAsync(
                change with { Act = Sign(grace, (act with { At = act.At.AddSeconds(seconds) }).ToBody()) }));
        Assert.Equal(1, (await vault.GetHeadAsync()).Sequence);
    }

    [Fact]
    public async Task A_challenge_is_answered_once_and_in_15_seconds_and_not_by_who_was_removed()
    {
        using var grace = await FoundAsync();
        using var eve = await JoinAsync(grace, "Eve");
        await Engine.SignInToVaultAsync(await AnswerAsync(eve, TimeSpan.FromSeconds(15)));
        var answer = await AnswerAsync(eve, TimeSpan.Zero);
        await Engine.SignInToVaultAsync(answer);
        await RefusedAsync(ErrorCode.Denied, () => Engine.SignInToVaultAsync(answer));
        await RefusedAsync(ErrorCode.Denied, async () =>
            await Engine.SignInToVaultAsync(await AnswerAsync(eve, TimeSpan.FromSeconds(15.1))));
        var others = await AnswerAsync(eve, TimeSpan.Zero) with { User = grace.Me };
        await RefusedAsync(ErrorCode.Denied, () => Engine.SignInToVaultAsync(
            others with { Signature = grace.Keys.Signing.Sign(SignInText.Of(others)) }));
        var session = await eve.OpenSessionAsync();
        await grace.RemoveUserAsync(eve.Me);
        await RefusedAsync(
            ErrorCode.Denied, async () => await Engine.SignInToVaultAsync(await AnswerAsync(eve, TimeSpan.Zero)));
        await RefusedAsync(ErrorCode.Denied, () => session.Get(grace.Trust.Vault).ListGroupNamesAsync());
    }

    [Fact]
    public async Task Who_has_not_set_up_does_nothing_but_that()
    {
        using var grace = await FoundAsync();
        var group = await grace.AddGroupAsync("Database team");
        var service = await AddServiceAsync(grace, "Main database", group);
        var invitation = await grace.AddUserAsync("Ada");
        await grace.SetMemberAsync(group, invitation.User);
        using var secret = SigningKey.From(invitation.Secret);
        using var keys = new UserKeys($"{invitation.Vault}", $"{invitation.User}", SealingKey.Generate(), secret);
        var signIn = new VaultSignIn(invitation.Vault, invitation.User, new byte[32], [], []);
        signIn = signIn with
        {
            ServerNonce = await Engine.ChallengeAsync(signIn.Vault, signIn.User, signIn.ClientNonce),
        };
        var session = await Engine.SignInToVaultAsync(
            signIn with { Signature = secret.Sign(SignInText.Of(signIn)) });
        var (vault, item) = (session.Get(invitation.Vault), session.Get(service.Id));
        var body = new SignedAct(
            invitation.Vault, grace.Ledger.Head, Clock.GetUtcNow(), invitation.User, new RemoveGroup(group)).ToBody();
        foreach (var call in (Func<Task>[])
        [
            () => vault.ListGroupNamesAsync(), () => vault.GetGroupKeysAsync(group),
            () => vault.ListWaitingAsync(), () => vault.ListStaleAsync(group),
            () => vault.AddGroupKeysAsync(group, []), () => vault.ReadLogAsync(), () => item.GetSealsAsync(group),
            () => item.GetTextAsync(VaultTextKind.Secret, 1), () => item.ReadLogAsync(),
            () => vault.AppendAsync(new VaultChange(new Signed(body, secret.Sign(body)))),
        ])
            await RefusedAsync(ErrorCode.Denied, call);
    }

    private async Task<VaultSignIn> AnswerAsync(VaultClient user, TimeSpan after)
    {
        var answer = new VaultSignIn(user.Trust.Vault, user.Me, new byte[32], [], []);
        answer = answer with { ServerNonce = await Engine.ChallengeAsync(answer.Vault, user.Me, answer.ClientNonce) };
        Clock.Advance(after);
        return answer with { Signature = user.Keys.Signing.Sign(SignInText.Of(answer)) };
    }
}
