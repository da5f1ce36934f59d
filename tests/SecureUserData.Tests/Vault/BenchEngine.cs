using SecureUserData.Access;
using SecureUserData.Embedded.Hosting;
using SecureUserData.Tests.Hosting;
using SecureUserData.Vault;

namespace SecureUserData.Tests.Vault;

/// <summary>A host of entities as clients of vaults see it.</summary>
/// <param name="bench">The host.</param>
internal sealed class BenchEngine(HostBench bench) : ISecureUserData
{
    public Task<ISession> SignInAsync(Credential credential) => bench.SignInAsync(credential);

    public Task<Credential> ClaimAsync(Credential claimCode) => throw new NotSupportedException();

    public Task<byte[]> ChallengeAsync(VaultId vault, VaultUserId user, byte[] clientNonce) =>
        bench.Outside.Internal<IVaultInternals>(vault).ChallengeAsync(user, clientNonce);

    public async Task<ISession> SignInToVaultAsync(VaultSignIn answer) =>
        As(await bench.Outside.Internal<IVaultInternals>(answer.Vault).SignInAsync(answer));

    internal ISession As(Caller caller) => new Session(bench.Host, caller, () => Task.FromResult(caller));
}
