using SecureUserData.Conformance.Vault;
using SecureUserData.Tests.Conformance;
using SecureUserData.Vault;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Tests.Vault;

/// <summary>A program in the engine's own process says as whom it enters a vault, and has none of the user's keys.
/// </summary>
public sealed class InProcessVaultTests(EmbeddedFixture engine)
    : VaultConformance(engine), IClassFixture<EmbeddedFixture>
{
    [Fact]
    public async Task It_reads_what_the_user_may_see_and_is_handed_ciphertext_that_is_on_record()
    {
        using var grace = await FoundAsync();
        using var eve = await JoinAsync(grace, "Eve");
        var group = await grace.AddGroupAsync("Database team", isHidden: true);
        var service = await AddServiceAsync(grace, "Main database", group);
        var (asGrace, asEve) = (Enter(grace), Enter(eve));

        Assert.Equal(grace.Ledger.Head.Sequence, (await asEve.Get(grace.Trust.Vault).ListActsAsync()).Count);
        Assert.Empty(await asEve.Get(grace.Trust.Vault).ListGroupNamesAsync());
        Assert.Single(await asGrace.Get(grace.Trust.Vault).ListGroupNamesAsync());
        await RefusedAsync(ErrorCode.Denied, () => asEve.Get(grace.Trust.Vault).GetGroupKeysAsync(group));
        await RefusedAsync(
            ErrorCode.Denied, () => asEve.Get(service.Id).GetTextAsync(VaultTextKind.Secret, version: 1));
        var handed = await asGrace.Get(service.Id).GetTextAsync(VaultTextKind.Secret, version: 1);

        Assert.True(handed.Ciphertext.AsSpan().IndexOf(Bytes(Password)) < 0);
        var log = await grace.ReadLogAsync(service.Id);
        Assert.Equal((Activity.VaultTextHandedOut, $"{grace.Me}"), (log[^1].Activity, log[^1].Actor));
    }

    [Fact]
    public async Task It_changes_nothing_without_the_users_signature()
    {
        using var grace = await FoundAsync();
        using var eve = await JoinAsync(grace, "Eve");
        using var stranger = SigningKey.Generate();
        var body = new SignedAct(
            grace.Trust.Vault, grace.Ledger.Head, Clock.GetUtcNow(), grace.Me, new RemoveUser(eve.Me)).ToBody();
        var vault = Enter(grace).Get(grace.Trust.Vault);

        foreach (var signature in (byte[][])[[], new byte[64], stranger.Sign(body), eve.Keys.Signing.Sign(body)])
            await RefusedAsync(
                ErrorCode.Tampered, () => vault.AppendAsync(new VaultChange(new Signed(body, signature))));
        await RefusedAsync(
            ErrorCode.Denied,
            () => Enter(eve).Get(grace.Trust.Vault).AppendAsync(
                new VaultChange(new Signed(body, grace.Keys.Signing.Sign(body)))));
        await vault.AppendAsync(new VaultChange(new Signed(body, grace.Keys.Signing.Sign(body))));
    }

    [Fact]
    public async Task As_nobody_or_who_was_removed_it_may_do_nothing_and_as_an_administrator_it_is_no_operator()
    {
        using var grace = await FoundAsync();
        using var eve = await JoinAsync(grace, "Eve");
        await grace.RemoveUserAsync(eve.Me);
        foreach (var user in new[] { eve.Me, VaultUserId.New() })
        {
            var vault = engine.Embedded.EnterVault(grace.Trust.Vault, user).Get(grace.Trust.Vault);
            await RefusedAsync(ErrorCode.Denied, () => vault.ListGroupNamesAsync());
            await RefusedAsync(ErrorCode.Denied, () => vault.ListActsAsync());
        }
        await RefusedAsync(
            ErrorCode.Denied, () => Enter(grace).Get(new InstallationId()).ListVaultsAsync());
    }

    private ISession Enter(VaultClient client) => engine.Embedded.EnterVault(client.Trust.Vault, client.Me);
}
