using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using SecureUserData.AccessLog;
using SecureUserData.Applications;
using SecureUserData.Client;
using SecureUserData.Client.Wire;
using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Entities;

namespace SecureUserData.Cluster.Tests.Conformance;

/// <summary>A cluster of silos in this process, on storage of their own.</summary>
public abstract class ClusterFixture : EngineFixture
{
    private readonly short _silos;
    private readonly TestStorage _storage;
    private readonly TestWakeups _wakeups;
    private MasterKeyRing? _masters;
    private InstallationKeys? _keys;
    private InProcessTestCluster? _cluster;
    private SecureUserDataClient? _client;
    private Credential? _operator;

    protected ClusterFixture(short silos)
    {
        _silos = silos;
        _storage = TestStorage.Create(Clock);
        _wakeups = new TestWakeups(Clock);
    }

    public override string MasterKeys { get; } = MasterKeyRing.Generate();

    public override ISecureUserData Engine =>
        _client ?? throw new InvalidOperationException("The cluster is not running.");

    public override Credential OperatorCredential => _operator!;

    internal InProcessTestCluster Cluster => _cluster!;

    internal TestStorage Storage => _storage;

    public override async ValueTask InitializeAsync()
    {
        _masters = MasterKeyRing.Parse(MasterKeys);
        _operator = await _storage.SetUpAsync(_masters);
        await StartAsync();
    }

    public override Task RestartAsync() => RestartAsync(() => Task.CompletedTask);

    /// <summary>Ends all silos, and starts others after something was done to the storage.</summary>
    internal async Task RestartAsync(Func<Task> meanwhile)
    {
        await StopAsync();
        await meanwhile();
        await StartAsync();
    }

    public override async Task RestartAsync(string masterKeys)
    {
        await StopAsync();
        _masters!.Dispose();
        _masters = MasterKeyRing.Parse(masterKeys);
        await StartAsync();
    }

    public override async Task UnloadIdleAsync()
    {
        var management = Service<IGrainFactory>().GetGrain<IManagementGrain>(0);
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await management.ForceActivationCollection(TimeSpan.Zero);
            var left = (await management.GetDetailedGrainStatistics())
                .Where(grain => !grain.GrainId.IsSystemTarget()
                    && grain.GrainType.Contains("SecureUserData", StringComparison.Ordinal)
                    && !grain.GrainType.Contains("SignIn", StringComparison.Ordinal))
                .ToList();
            if (left.Count == 0) return;
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(20), 
                $"Entities stay active: {string.Join(", ", left.Select(grain => grain.GrainId))}.");
        }
    }

    public override Task<LogVerified> VerifyLogAsync() => Service<ClusterLog>().VerifyAsync(new LogEvidence());

    public override async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await VerifyLogAsync();
        await StopAsync();
        await _wakeups.DisposeAsync();
        _masters?.Dispose();
        await _storage.DisposeAsync();
    }

    /// <summary>How a test wants the silos to run.</summary>
    protected virtual ClusterSiloOptions Change(ClusterSiloOptions options) => options;

    /// <summary>What else a test wants of every silo.</summary>
    protected virtual void Configure(ISiloBuilder silo)
    {
    }

    /// <summary>What else a test wants of the client.</summary>
    protected virtual void Configure(IClientBuilder client)
    {
    }

    /// <summary>A service of the first silo.</summary>
    internal T Service<T>() where T : notnull =>
        ((IServiceProvider)Cluster.GetSiloServiceProvider(Cluster.Silos[0].SiloAddress)).GetRequiredService<T>();

    /// <summary>What is stored, as it is looked at before there are silos.</summary>
    internal StoredCluster OpenStored() => new(_masters!, _keys!, Service<DomainServices>().Ports, Clock);

    private async Task StartAsync()
    {
        _keys = await _storage.OpenAsync(_masters!);
        _cluster = await DeployAsync();
        _client = new SecureUserDataClient(_cluster.Client, Clock);
        await _wakeups.UseAsync(Service<IGrainFactory>());
    }

    /// <summary>Starts a cluster on the storage that is open.</summary>
    internal async Task<InProcessTestCluster> DeployAsync()
    {
        var builder = new InProcessTestClusterBuilder(_silos);
        builder.Options.ConfigureFileLogging = false;
        builder.Options.InitializeClientOnDeploy = false; // it would call what clients may not
        // Its own directory lies outside the silos and never fails: the one of the silos is what is tested.
        typeof(InProcessTestClusterOptions)
            .GetProperty("UseTestClusterGrainDirectory", BindingFlags.Instance | BindingFlags.NonPublic)!
            .SetValue(builder.Options, false);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.UseInMemoryReminderService();
            silo.UseSecureUserData(Change(new ClusterSiloOptions
            {
                Masters = _masters!,
                Keys = _keys!,
                Stores = _storage.Stores(_keys!),
                Wakeups = _wakeups,
                Time = Clock,
            }));
            Configure(silo);
        });
        builder.ConfigureClient(client =>
        {
            client.Services.AddWire(WireRegistration.PublicInterfaces);
            Configure(client);
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        await cluster.InitializeClientAsync();
        return cluster;
    }

    private async Task StopAsync()
    {
        await _wakeups.UseAsync(null);
        _client = null;
        if (_cluster is not null)
        {
            await _cluster.StopAllSilosAsync();
            await _cluster.DisposeAsync();
        }
        _cluster = null;
        await _storage.CloseAsync();
    }
}

public sealed class TwoSilos() : ClusterFixture(2);

public sealed class ThreeSilos() : ClusterFixture(3);
