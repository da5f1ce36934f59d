using Orleans.Concurrency;
using SecureUserData.Access;
using SecureUserData.Client.Grains;
using SecureUserData.Cluster.Hosting;
using SecureUserData.Cluster.Security;
using SecureUserData.Users;

namespace SecureUserData.Cluster.Grains;

/// <summary>The door: every silo has its own.</summary>
[GrainType(GrainNames.SignIn)]
[StatelessWorker]
internal sealed class SignInGrain(OutsideContext outside, CallTokens tokens) : ISignInGrain
{
    public async Task<SignedIn> SignInAsync(Credential credential)
    {
        var caller = await Authentication.AuthenticateAsync(outside, credential);
        return new SignedIn(
            new Identity(caller.Kind, caller.Id, caller.App), tokens.Sign(caller), Authentication.Lifetime);
    }

    public Task<Credential> ClaimAsync(Credential claimCode) =>
        outside.Internal<IUserInternals>(Authentication.Claimed(claimCode)).ClaimAsync(claimCode);
}
