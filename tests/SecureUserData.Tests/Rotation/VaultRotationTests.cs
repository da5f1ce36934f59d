using SecureUserData.Access;
using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Tests.Hosting;
using SecureUserData.Tests.Vault;
using SecureUserData.Vault;
using SecureUserData.Vault.Items;

namespace SecureUserData.Tests.Rotation;

/// <summary>Rotations of the keys that a vault is kept under.</summary>
public sealed class VaultRotationTests
{
    [Theory]
    [InlineData(KeyKind.State)]
    [InlineData(KeyKind.Application)]
    [InlineData(KeyKind.Log)]
    public async Task A_vault_is_whole_when_the_old_version_is_gone(KeyKind key)
    {
        await using var bench = await HostBench.CreateAsync();
        var engine = new BenchEngine(bench);
        var invitation = await VaultClient.AddVaultAsync(await bench.SignInAsync(bench.Operator));
        using var grace = await VaultClient.FoundAsync(engine, invitation, "Grace", _ => { }, bench.Clock);
        var group = await grace.AddGroupAsync("Database team");
        var service = await grace.AddAsync(
            VaultItemKind.Service, new ItemContent("Main database") { Groups = [group] }, "secret"u8.ToArray());
        var app = invitation.Vault.App;
        var session = engine.As(new Caller(CallerKind.Application, $"{app}", app));

        await session.Get(new RotationId(app)).StartAsync(key);
        var run = await new ApplicationActor(app, null!, session).FinishAsync(bench.Clock);

        Assert.Equal((RotationPhase.Finished, 0L), (run.Phase, run.Failed));
        if (key == KeyKind.State) Assert.Equal(4, run.Moved); // the vault, its acts, the group's keys and the service
        foreach (var id in (IEntityId[])[invitation.Vault, service.Id])
            Assert.Equal(key == KeyKind.State ? 2 : 1, Envelope.KeyVersion((await bench.StoredAsync(id)).Body));
        using var again = await VaultClient.ConnectAsync(engine, grace.Keys, grace.Trust, bench.Clock);
        var read = await again.ReadAsync(service, VaultTextKind.Secret);
        Assert.Equal("secret"u8.ToArray(), read.Content);
        await bench.VerifyLogAsync();
    }
}
