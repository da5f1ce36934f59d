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
        var record = Next(grace, service, service.Content with { Groups = [team, night] });
        await RefusedAsync(ErrorCode.Denied, () => item.PutAsync(new VaultItemChange { Record = record }));
        await RefusedAsync(ErrorCode.Invalid, () => grace.AddAsync(
            VaultItemKind.Service, new ItemContent("No group"), Bytes(Password)));
    }

    [Fact]
    public async Task A_proof_that_lacks_or_is_by_another_versions_key_is_refused()
    {
        using var grace = await FoundAsync();
        var group = await grace.AddGroupAsync("Database team");
        var service = await AddServiceAsync(grace, "Main database", group);
        var victim = await VictimAsync(grace);
        service = await victim.SetTextAsync(service, VaultTextKind.Secret, Bytes("second"));
        var change = (VaultItemChange)Assert.Single(Server.Sent(nameof(IVaultItem.PutAsync)))[0]!;
        var item = (await grace.OpenSessionAsync()).Get(service.Id);
        var forged = SecretOf(grace, service, 3, group, "third");
        var third = new VaultItemChange
        {
            Texts = [new VaultNewText(forged.Text, forged.Ciphertext)], Seals = forged.Seals,
        };
        await RefusedAsync(ErrorCode.Denied, () => item.PutAsync(third));
        await RefusedAsync(ErrorCode.Denied, () => item.PutAsync(third with { Proofs = change.Proofs }));
        using var junk = SigningKey.Generate();
        await RefusedAsync(ErrorCode.Denied, () => item.PutAsync(third with
        {
            Proofs = [new VaultProof(VaultTextKind.Secret, junk.Sign(forged.Text.Body))],
        }));
        await RefusedAsync(ErrorCode.Conflict, () => item.PutAsync(change)); // the second version a second time
    }

    [Fact]
    public async Task Records_in_a_wrong_place_oversized_or_of_another_time_are_refused()
    {
        using var grace = await FoundAsync();
        var service = await AddServiceAsync(grace, "Main database", await grace.AddGroupAsync("Database team"));
        var item = (await grace.OpenSessionAsync()).Get(service.Id);
        var next = ItemRecord.Read(Next(grace, service, service.Content).Body);
        var late = next.At + TimeSpan.FromSeconds(301);
        foreach (var (code, record) in ((ErrorCode, ItemRecord)[])
        [
            (ErrorCode.Conflict, next with { Version = 3 }),
            (ErrorCode.Conflict, next with { Version = 1 }),
            (ErrorCode.Conflict, next with { Previous = new byte[32] }),
            (ErrorCode.Conflict, next with { Known = new VaultHead(next.Known.Sequence + 1, new byte[32]) }),
            (ErrorCode.Conflict, next with { Known = new VaultHead(-1, new byte[32]) }),
            (ErrorCode.Conflict, next with { Known = next.Known with { Hash = new byte[32] } }),
            (ErrorCode.Invalid, next with { At = late }),
            (ErrorCode.Invalid, next with { At = next.At - TimeSpan.FromSeconds(301) }),
            (ErrorCode.Invalid, next with { Content = next.Content with { Url = new string('a', 40_000) } }),
        ])
            await RefusedAsync(
                code, () => item.PutAsync(new VaultItemChange { Record = Sign(grace, record.ToBody()) }));
        var seal = SealOf(grace, service, VaultTextKind.Secret, 1, service.Content.Groups[0], new byte[32]);
        var old = Sign(grace, (Seal.Read(seal.Body) with { At = late }).ToBody());
        await RefusedAsync(ErrorCode.Invalid, () => item.PutAsync(new VaultItemChange { Seals = [old] }));
        await item.PutAsync(new VaultItemChange { Record = Sign(grace, next.ToBody()) });
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
        var items = session.Get(new VaultItemsId(invitation.Vault));
        var body = new SignedAct(
            invitation.Vault, grace.Ledger.Head, Clock.GetUtcNow(), invitation.User, new RemoveGroup(group)).ToBody();
        foreach (var call in (Func<Task>[])
        [
            () => vault.ListGroupNamesAsync(), () => vault.GetGroupKeysAsync(group),
            () => vault.ListWaitingAsync(group),
            () => vault.AddGroupKeysAsync(group, []), () => vault.ReadLogAsync(), () => item.GetAsync(),
            () => item.GetTextAsync(VaultTextKind.Secret), () => item.ListTextsAsync(VaultTextKind.Secret),
            () => item.ReadLogAsync(), () => items.ListAsync(VaultItemKind.Service),
            () => items.ListInGroupAsync(group),
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
