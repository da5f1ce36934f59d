using SecureUserData.Tests.Hosting;
using SecureUserData.Vault;

namespace SecureUserData.Tests.Vault;

/// <summary>A global administrator of the first vault is an operator, whatever operators do.</summary>
public sealed class VaultOperatorTests
{
    [Fact]
    public async Task A_global_administrator_gives_a_user_a_new_credential_and_follows_the_installation()
    {
        await using var bench = await HostBench.CreateAsync();
        var invitation = await VaultClient.AddVaultAsync(await bench.SignInAsync(bench.Operator));
        using var grace = await VaultClient.FoundAsync(
            new BenchEngine(bench), invitation, "Grace", _ => { }, bench.Clock);
        var session = await grace.OpenSessionAsync();
        var (user, _, _) = await bench.UserAsync();
        var now = (await session.Get(FollowerId.New()).NextAsync(null)).Cursor;

        await session.Get(user).ReissueCredentialAsync();
        await session.RegisterApplicationAsync(new ApplicationSettings("library"));

        var entry = Assert.Single((await session.Get(FollowerId.New()).NextAsync(now)).Items);
        Assert.Equal(("installation", Activity.ApplicationRegistered), (entry.Chain, entry.Activity));
    }
}
