using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using SecureUserData.Client.Grains;
using SecureUserData.Client.Wire;
using SecureUserData.Vault;

namespace SecureUserData.Client;

/// <summary>SecureUserData in a cluster, as an application sees it: the same as the embedded engine.</summary>
public sealed class SecureUserDataClient : ISecureUserData, IAsyncDisposable
{
    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly IHost? _host;

    internal SecureUserDataClient(IGrainFactory grains, TimeProvider time, IHost? host = null)
    {
        _grains = grains;
        _time = time;
        _host = host;
    }

    /// <summary>Connects to a cluster.</summary>
    /// <param name="options">Where it is, and whom to trust.</param>
    /// <param name="cancellation">Stops trying.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/> when no gateway answers;
    /// <see cref="ErrorCode.Invalid"/> when the options do not fit together.</exception>
    public static async Task<SecureUserDataClient> ConnectAsync(
        ClientOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Gateways.Count == 0) throw SecureUserDataException.Invalid("Name at least one gateway.");
        if (options.Certificate is not null && options.Authorities.Count == 0)
            throw SecureUserDataException.Invalid("Name the authorities that sign the silos' certificates.");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering([.. options.Gateways]);
            client.Configure<ClusterOptions>(cluster =>
            {
                cluster.ClusterId = options.ClusterId;
                cluster.ServiceId = options.ClusterId;
            });
            client.Configure<ClientMessagingOptions>(messaging =>
            {
                messaging.ResponseTimeout = options.CallTimeout;
                WireRegistration.Limit(messaging);
            });
            if (options.Certificate is { } certificate)
                client.UseTls(tls => MutualTls.DemandSilo(tls, certificate, options.Authorities));
            client.Services.AddWire(WireRegistration.PublicInterfaces);
        });
        var host = builder.Build();
        // The runtime tries for ever where a gateway takes the connection and then refuses the certificate.
        using var trying = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        trying.CancelAfter(options.CallTimeout);
        try
        {
            await host.StartAsync(trying.Token);
        }
        catch (Exception exception)
        {
            host.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw SecureUserDataException.Unavailable(
                "No gateway of the cluster answers: check the addresses, the cluster's name and the certificates.",
                exception);
        }
        return new SecureUserDataClient(host.Services.GetRequiredService<IClusterClient>(), options.Time, host);
    }

    /// <inheritdoc/>
    public async Task<ISession> SignInAsync(Credential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        var session = new ClusterSession(_grains, door => door.SignInAsync(credential), _time);
        await session.TokenAsync();
        return session;
    }

    /// <inheritdoc/>
    public Task<Credential> ClaimAsync(Credential claimCode)
    {
        ArgumentNullException.ThrowIfNull(claimCode);
        return AtTheDoorAsync(door => door.ClaimAsync(claimCode));
    }

    /// <inheritdoc/>
    public Task<byte[]> ChallengeAsync(VaultId vault, VaultUserId user, byte[] clientNonce) =>
        AtTheDoorAsync(door => door.ChallengeAsync(vault, user, clientNonce));

    /// <inheritdoc/>
    public async Task<ISession> SignInToVaultAsync(VaultSignIn answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        // A second time the cluster refuses the answer: the sign-in is over then.
        var session = new ClusterSession(_grains, door => door.SignInToVaultAsync(answer), _time);
        await session.TokenAsync();
        return session;
    }

    private async Task<T> AtTheDoorAsync<T>(Func<ISignInGrain, Task<T>> call)
    {
        try
        {
            return await call(GrainNames.GetSignIn(_grains));
        }
        catch (Exception exception)
        {
            throw ClusterErrors.Outward(exception);
        }
    }

    /// <summary>Closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_host is null) return;
        await _host.StopAsync();
        _host.Dispose();
    }
}
