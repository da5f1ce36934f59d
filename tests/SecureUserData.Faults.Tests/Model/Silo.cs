using SecureUserData.Access;
using SecureUserData.AccessLog;
using SecureUserData.Conformance;
using SecureUserData.Embedded;
using SecureUserData.Embedded.Hosting;
using SecureUserData.Entities;
using SecureUserData.Ports;
using SecureUserData.Tests.Hosting;
using SecureUserData.Users;
using SecureUserData.Vault;

namespace SecureUserData.Faults.Tests.Model;

/// <summary>One process that runs entities over a store, which it may share with others.</summary>
internal sealed class Silo : ISecureUserData, IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(61);

    private readonly OpenStore _opened;
    private readonly DomainServices _services;
    private readonly OutsideContext _outside;
    private readonly WakeupLoop _wakeups;

    internal Silo(OpenStore opened, IPorts ports, FakeClock clock)
    {
        _opened = opened;
        Clock = clock;
        var options = new EmbeddedOptions { Time = clock };
        _services = new DomainServices(opened.Masters, opened.Keys, ports, clock);
        Host = new EntityHost(_services, options);
        _outside = new OutsideContext(Host);
        _wakeups = new WakeupLoop(Host, opened.Store.Wakeups, clock);
    }

    internal FakeClock Clock { get; }

    internal EntityHost Host { get; }

    public async Task<ISession> SignInAsync(Credential credential) =>
        new Session(
            Host,
            await Authentication.AuthenticateAsync(_outside, credential),
            () => Authentication.AuthenticateAsync(_outside, credential));

    public Task<Credential> ClaimAsync(Credential claimCode) =>
        _outside.Internal<IUserInternals>(Authentication.Claimed(claimCode)).ClaimAsync(claimCode);

    public Task<byte[]> ChallengeAsync(VaultId vault, VaultUserId user, byte[] clientNonce) =>
        throw new NotSupportedException("There is no vault in the model.");

    public Task<ISession> SignInToVaultAsync(VaultSignIn answer) =>
        throw new NotSupportedException("There is no vault in the model.");

    /// <summary>Does what is due now, once.</summary>
    internal Task WakeAsync() => _wakeups.RunAsync();

    /// <summary>Does all that is due, also what failed before, and returns when none of it is left.</summary>
    internal async Task WakeAllAsync()
    {
        Clock.Advance(RetryAfter);
        var began = TimeProvider.System.GetTimestamp();
        while (_opened.Store.Wakeups.Due(Clock.GetUtcNow(), 1).Count > 0)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < RetryAfter, "A wake-up stays on the list.");
            await WakeAsync();
            await Task.Yield();
        }
    }

    internal Task VerifyLogAsync() =>
        new LogVerification(_services, _outside).RunAsync(null, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _wakeups.DisposeAsync();
        await Host.DisposeAsync();
        _services.Dispose();
    }
}
