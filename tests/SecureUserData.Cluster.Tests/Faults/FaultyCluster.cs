using System.Globalization;
using Orleans.Configuration;
using SecureUserData.Cluster.Tests.Conformance;

namespace SecureUserData.Cluster.Tests.Faults;

/// <summary>Silos that die, and are missed within seconds.</summary>
public sealed class FaultyCluster() : ClusterFixture(3)
{
    /// <summary>How long a client waits for an answer.</summary>
    internal static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    internal static bool IsLong => Environment.GetEnvironmentVariable("SUD_FAULTS") == "long";

    /// <summary>The seed of a run, which is printed; <c>SUD_SEED</c> repeats one.</summary>
    internal static int Seed(int usual)
    {
        var seed = Environment.GetEnvironmentVariable("SUD_SEED") is { } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : usual;
        TestContext.Current.TestOutputHelper?.WriteLine($"SUD_SEED={seed}");
        return seed;
    }

    /// <summary>Calls until it is done, however often the cluster says that it may be called again.</summary>
    internal static async Task<T> AgainAsync<T>(Func<Task<T>> call)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await call();
            }
            catch (SecureUserDataException e) when (e.Code is ErrorCode.Unavailable or ErrorCode.Conflict
                && TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60))
            {
                await Task.Yield();
            }
        }
    }

    internal static Task AgainAsync(Func<Task> call) => AgainAsync(async () =>
    {
        await call();
        return true;
    });

    protected override void Configure(ISiloBuilder silo)
    {
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = Soon;
            membership.NumMissedProbesLimit = 2;
            membership.NumVotesForDeathDeclaration = 1;
            membership.TableRefreshTimeout = Soon;
        });
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = CallTimeout);
    }

    protected override void Configure(IClientBuilder client)
    {
        client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = CallTimeout);
        client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = Soon);
    }
}
