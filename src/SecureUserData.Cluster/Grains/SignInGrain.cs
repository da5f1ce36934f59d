using Orleans.Concurrency;
using SecureUserData.Access;
using SecureUserData.Client.Grains;
using SecureUserData.Cluster.Hosting;
using SecureUserData.Cluster.Security;
using SecureUserData.Users;
using SecureUserData.Vault;

namespace SecureUserData.Cluster.Grains;

/// <summary>The door: every silo has its own.</summary>
[GrainType(GrainNames.SignIn)]
[StatelessWorker]
internal sealed class SignInGrain(OutsideContext outside, CallTokens tokens) : ISignInGrain
{
    public async Task<SignedIn> SignInAsync(Credential credential) =>
        SignedIn(await Authentication.AuthenticateAsync(outside, credential));

    public Task<Credential> ClaimAsync(Credential claimCode) =>
        outside.Internal<IUserInternals>(Authentication.Claimed(claimCode)).ClaimAsync(claimCode);

    public Task<byte[]> ChallengeAsync(VaultId vault, VaultUserId user, byte[] clientNonce) =>
        outside.Internal<IVaultInternals>(vault).ChallengeAsync(user, clientNonce);

    public async Task<SignedIn> SignInToVaultAsync(VaultSignIn answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return SignedIn(await outside.Internal<IVaultInternals>(answer.Vault).SignInAsync(answer));
    }

    private SignedIn SignedIn(Caller caller) =>
        new(new Identity(caller.Kind, caller.Id, caller.App), tokens.Sign(caller), Authentication.Lifetime);
}
