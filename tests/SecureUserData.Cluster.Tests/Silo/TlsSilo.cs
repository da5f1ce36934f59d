using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Hosting;
using SecureUserData.Client;
using SecureUserData.Cluster.Tests.Conformance;
using SecureUserData.Cryptography;

namespace SecureUserData.Cluster.Tests.Silo;

/// <summary>A silo in this process to which nobody connects without a certificate.</summary>
public sealed class TlsSilo : IAsyncLifetime
{
    private readonly TestStorage _storage = TestStorage.Create(TimeProvider.System);
    private readonly MasterKeyRing _masters = MasterKeyRing.Parse(MasterKeyRing.Generate());
    private IHost? _host;

    internal TestAuthority Authority { get; } = new();

    internal Credential Operator { get; private set; } = null!;

    internal IPEndPoint Gateway { get; private set; } = null!;

    internal IPEndPoint ForSilos { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var ports = FreePort.Find(2);
        ForSilos = new IPEndPoint(IPAddress.Loopback, ports[0]);
        Gateway = new IPEndPoint(IPAddress.Loopback, ports[1]);
        Operator = await _storage.SetUpAsync(_masters);
        var keys = await _storage.OpenAsync(_masters);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(ports[0], ports[1], serviceId: "sud", clusterId: "sud")
            .UseInMemoryReminderService()
            .UseMutualTls(Authority.ForSilo(), Authority.Trusted)
            .UseSecureUserData(new ClusterSiloOptions
            {
                Masters = _masters,
                Keys = keys,
                Stores = _storage.Stores(keys),
            }));
        _host = builder.Build();
        await _host.StartAsync();
    }

    internal Task<SecureUserDataClient> ConnectAsync(
        X509Certificate2? certificate, TimeSpan? patience = null) => SecureUserDataClient.ConnectAsync(
            new()
            {
                Gateways = [Gateway],
                Certificate = certificate,
                Authorities = Authority.Trusted,
                CallTimeout = patience ?? TimeSpan.FromSeconds(30),
            },
            TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync();
            _host.Dispose();
        }
        await _storage.DisposeAsync();
        _masters.Dispose();
    }
}
