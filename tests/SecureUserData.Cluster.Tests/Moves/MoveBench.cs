using System.Security.Cryptography;
using MongoDB.Bson;
using MongoDB.Driver;
using SecureUserData.Cluster.Tests.Mongo;
using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;

namespace SecureUserData.Cluster.Tests.Moves;

/// <summary>A data folder, databases, and the program that moves an installation between them.</summary>
internal sealed class MoveBench : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sud-move-").FullName;
    private readonly string _connection = MongoServer.ConnectionString;

    internal MoveBench()
    {
        Masters = MasterKeyRing.Parse(MasterKeys);
        Client = new MongoClient(_connection);
    }

    internal FakeClock Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.Zero));

    internal string MasterKeys { get; set; } = MasterKeyRing.Generate();

    internal MasterKeyRing Masters { get; }

    internal string First => Path.Combine(_root, "first");

    internal string Second => Path.Combine(_root, "second");

    internal string Name { get; } = $"sud_test_{RandomNumberGenerator.GetHexString(16, lowercase: true)}";

    internal MongoClient Client { get; }

    internal Dictionary<string, string> Variables => new()
    {
        ["SUD_MASTER_KEY"] = MasterKeys, ["SUD_MONGODB"] = _connection,
    };

    internal IMongoCollection<BsonDocument> Collection(string name) =>
        Client.GetDatabase(Name).GetCollection<BsonDocument>(name);

    internal EmbeddedOptions Options => new() { Time = Clock };

    internal Task<EmbeddedEngine> OpenAsync(string folder) => EmbeddedEngine.OpenAsync(folder, Masters, Options);

    internal string[] There(params string[] more) => ["--from", First, "--to", "mongodb", "--database", Name, .. more];

    internal string[] Back(params string[] more) =>
        ["--from", "mongodb", "--to", Second, "--database", Name, "--no-cluster-running", .. more];

    /// <summary>Runs the program and gives what it says.</summary>
    internal async Task<string> RunAsync(int code, params string[] args)
    {
        var said = new StringWriter();
        var around = new Migrate.Surroundings(Variables.GetValueOrDefault, _root, said, said);
        var ended = await Migrate.Program.RunAsync(args, around, TestContext.Current.CancellationToken);
        Assert.True(code == ended, $"It ended with {ended}, not {code}: {said}");
        return said.ToString();
    }

    internal string Digest(string folder) =>
        Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, "sud.db"))));

    public async ValueTask DisposeAsync()
    {
        foreach (var name in (string[])[Name, Name + "_erasures", Name + "_cluster"])
            await Client.DropDatabaseAsync(name);
        Client.Dispose();
        Masters.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
