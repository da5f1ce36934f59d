using SecureUserData.Client.Grains;
using SecureUserData.Client.Wire;
using SecureUserData.Cluster.Grains;
using SecureUserData.Conformance;

namespace SecureUserData.Cluster.Tests.Security;

/// <summary>What comes with a call where nobody asks who makes it: a silo's own calls do not carry it on, which would
/// be believed.</summary>
public sealed class UncheckedHeaderTests(AttackedCluster cluster)
    : EngineConformance(cluster), IClassFixture<AttackedCluster>
{
    [Fact]
    public async Task Nobody_claims_a_credential_as_the_system() => await AssertClaimsAsNobodyAsync(CallHeaders.System);

    [Fact]
    public async Task Nobody_claims_a_credential_with_a_token_that_is_over()
    {
        var other = await RegisterAsync();
        var token = await cluster.Attacker.SignInAsync(other.Credential);
        Clock.Advance(TimeSpan.FromMinutes(6));
        await AssertClaimsAsNobodyAsync(token);
    }

    [Fact]
    public async Task An_activation_does_not_fail_over_what_a_stranger_sends()
    {
        var user = await AddUserAsync(await RegisterAsync());
        var token = await cluster.Attacker.SignInAsync(user.Credential);
        await cluster.RestartAsync(); // so that the user and what its activation calls are in no memory
        var grain = cluster.Attacker.Grain<IUserGrain>(InternalGrain.GrainIdOf(user.Id));

        var stranger = await HostileClient.CallAsync(grain.GetAsync, "not a token");

        Assert.Equal(ErrorCode.Denied, Assert.IsType<SecureUserDataException>(stranger).Code);
        Assert.Null(await HostileClient.CallAsync(grain.GetAsync, token));
    }

    private async Task AssertClaimsAsNobodyAsync(string caller)
    {
        var app = await RegisterAsync();
        var created = await app.Session.CreateUserAsync(Ada);
        Credential? credential = null;

        Assert.Null(await HostileClient.CallAsync(ClaimAsync, caller));
        Assert.NotNull(await HostileClient.CallAsync(ClaimAsync, caller)); // it was claimed before

        var user = new UserActor(created.Id, credential!, await Engine.SignInAsync(credential!));
        Assert.Equal(
            [(Activity.CredentialClaimed, "anonymous"), (Activity.ClaimRefused, "anonymous")],
            (await LogAsync(user)).Skip(1).Select(entry => (entry.Activity, entry.Actor)));

        async Task ClaimAsync() => credential = await cluster.Attacker.Door.ClaimAsync(created.ClaimCode);
    }
}
