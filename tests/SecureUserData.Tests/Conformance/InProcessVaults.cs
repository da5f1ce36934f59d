using SecureUserData.Embedded;
using SecureUserData.Vault;

namespace SecureUserData.Tests.Conformance;

/// <summary>Clients of vaults in the engine's own process: they are let in as whom they say that they are.</summary>
/// <param name="engine">The engine.</param>
internal sealed class InProcessVaults(EmbeddedEngine engine) : ISecureUserData
{
    public Task<ISession> SignInAsync(Credential credential) => engine.SignInAsync(credential);

    public Task<Credential> ClaimAsync(Credential claimCode) => engine.ClaimAsync(claimCode);

    public Task<byte[]> ChallengeAsync(VaultId vault, VaultUserId user, byte[] clientNonce) =>
        Task.FromResult(new byte[VaultSignIn.NonceLength]);

    public Task<ISession> SignInToVaultAsync(VaultSignIn answer) =>
        Task.FromResult(engine.EnterVault(answer.Vault, answer.User));
}
