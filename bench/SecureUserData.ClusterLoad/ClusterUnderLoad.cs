using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Bson;
using MongoDB.Driver;
using SecureUserData.Applications;
using SecureUserData.Client;
using SecureUserData.Cluster.Mongo;
using SecureUserData.Cryptography;

namespace SecureUserData.ClusterLoad;

/// <summary>A cluster of silos in processes of their own, on a database of its own, with one application and its
/// users.</summary>
internal sealed class ClusterUnderLoad : IAsyncDisposable
{
    private readonly MongoClient _mongo;
    private readonly MongoOptions _options;
    private readonly Func<Task<IReadOnlyList<SiloProcess>>> _start;
    private SecureUserDataClient _client = null!;
    private Credential _appCredential = null!;

    private ClusterUnderLoad(
        MongoClient mongo, MongoOptions options, Func<Task<IReadOnlyList<SiloProcess>>> start) =>
        (_mongo, _options, _start) = (mongo, options, start);

    internal IReadOnlyList<SiloProcess> Silos { get; private set; } = [];

    /// <summary>Signed in as the application.</summary>
    internal ISession App { get; private set; } = null!;

    /// <summary>Starts one.</summary>
    internal static async Task<ClusterUnderLoad> StartAsync(int silos, SiloKind kind, string mongoDb)
    {
        var options = new MongoOptions(mongoDb, $"sud_load_{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
        var masters = MasterKeyRing.Generate();
        using var ring = MasterKeyRing.Parse(masters);
        Credential operatorCredential;
        await using (var store = new MongoStore(options, TimeProvider.System, NullLoggerFactory.Instance))
        {
            await store.PrepareAsync();
            operatorCredential = await InstallationSetup.CreateAsync(
                store.Slot(new InstallationId().ToString()), ring, TimeProvider.System);
        }
        var cluster = new ClusterUnderLoad(
            new MongoClient(mongoDb),
            options,
            () => SiloProcess.StartAsync(silos, kind, mongoDb, options.Database, masters));
        await cluster.StartSilosAsync();
        var operators = await cluster._client.SignInAsync(operatorCredential);
        cluster._appCredential = (await operators.RegisterApplicationAsync(new ApplicationSettings("Load"))).Credential;
        cluster.App = await cluster._client.SignInAsync(cluster._appCredential);
        return cluster;
    }

    /// <summary>Starts the silos anew, with nobody in memory and nothing known of where anybody was.</summary>
    internal async Task RestartAsync()
    {
        await EndSilosAsync();
        await StartSilosAsync();
        App = await _client.SignInAsync(_appCredential);
    }

    internal async Task<(ISession Session, IReadOnlyList<ConsentId> Consents)> PrepareConsentsAsync(int users)
    {
        var script = await App.RegisterScriptAsync(People.Script);
        var notice = (await App.Get(script.Id).GetAsync()).Notice;
        var consents = new ConsentId[users];
        await ForEachAsync(users, async i =>
        {
            var user = await App.CreateUserAsync(People.Profile);
            consents[i] = new ConsentId(user.Id, script.Id);
            var session = await _client.SignInAsync(await _client.ClaimAsync(user.ClaimCode));
            await session.Get(consents[i]).GiveAsync(new ConsentGrant(notice));
        });
        return (await _client.SignInAsync(script.Credential), consents);
    }

    internal Task PrepareUsersAsync(int users) => ForEachAsync(users, _ => App.CreateUserAsync(People.Profile));

    /// <summary>Rows and batches of the log in the database.</summary>
    internal async Task<(long Rows, long Batches)> CountLogAsync() =>
        (await CountAsync("log"), await CountAsync("log_batches"));

    private Task<long> CountAsync(string collection) => _mongo.GetDatabase(_options.Database)
        .GetCollection<BsonDocument>(collection).EstimatedDocumentCountAsync();

    private static Task ForEachAsync(int count, Func<int, Task> step) => Parallel.ForAsync(
        0, count, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) => await step(i));

    private async Task StartSilosAsync()
    {
        Silos = await _start();
        _client = await SecureUserDataClient.ConnectAsync(new ClientOptions
        {
            Gateways = [.. Silos.Select(silo => new IPEndPoint(IPAddress.Loopback, silo.Settings.GatewayPort))],
        });
    }

    private async Task EndSilosAsync()
    {
        await _client.DisposeAsync();
        foreach (var silo in Silos.Reverse()) await silo.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndSilosAsync();
        foreach (var database in (string[])[_options.Database, _options.ErasureDatabase])
            await _mongo.DropDatabaseAsync(database);
        _mongo.Dispose();
    }
}
