using System.Security.Cryptography;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault;

/// <summary>A user's way to a vault's server: signs in, again when a sign-in is over.</summary>
/// <param name="engine">The server.</param>
/// <param name="vault">The vault.</param>
/// <param name="user">The user.</param>
/// <param name="key">Signs in, until <see cref="SignInWith"/>.</param>
/// <param name="time">The clock.</param>
internal sealed class VaultConnection(
    ISecureUserData engine, VaultId vault, VaultUserId user, SigningKey key, TimeProvider time)
{
    /// <summary>Less than a sign-in lasts.</summary>
    private static readonly TimeSpan RenewAfter = TimeSpan.FromMinutes(4);

    private ISession? _session;
    private long _signedIn;

    /// <summary>Signs in with another key from now on: who has set up needs the invitation no more.</summary>
    internal void SignInWith(SigningKey other) => (key, _session) = (other, null);

    internal async Task<T> CallAsync<T>(Func<ISession, Task<T>> call)
    {
        if (_session is null || time.GetElapsedTime(_signedIn) > RenewAfter)
        {
            var at = time.GetTimestamp();
            _session = await SignInAsync();
            _signedIn = at;
        }
        return await call(_session);
    }

    internal Task<T> VaultAsync<T>(Func<IVault, Task<T>> call) => CallAsync(session => call(session.Get(vault)));

    /// <summary>The same for an answer that may be anything, since a dishonest server sends what it likes.</summary>
    internal async Task<T> VaultAsync<T>(Func<IVault, Task<T>> call, Func<T, bool> isWhole)
        where T : class =>
        await VaultAsync(call) is { } answer && isWhole(answer)
            ? answer
            : throw SecureUserDataException.Tampered("an answer of the vault's server, in which something lacks");

    private async Task<ISession> SignInAsync()
    {
        var nonce = RandomNumberGenerator.GetBytes(VaultSignIn.NonceLength);
        var answer = new VaultSignIn(vault, user, nonce, await engine.ChallengeAsync(vault, user, nonce), []);
        if (answer.ServerNonce is not { Length: VaultSignIn.NonceLength })
            throw SecureUserDataException.Tampered("the challenge of a sign-in");
        return await engine.SignInToVaultAsync(answer with { Signature = key.Sign(SignInText.Of(answer)) });
    }
}
