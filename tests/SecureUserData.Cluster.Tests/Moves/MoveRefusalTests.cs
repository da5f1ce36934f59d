using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;
using Orleans.Providers.MongoDB.Membership.Store.Single;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;

namespace SecureUserData.Cluster.Tests.Moves;

public sealed class MoveRefusalTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_the_wrong_key_or_while_it_is_open_nothing_is_touched()
    {
        await using var bench = new MoveBench();
        var (engine, _) = await EmbeddedEngine.CreateAsync(bench.First, bench.Masters, bench.Options);
        await using (engine)
            Assert.Contains("another process", await bench.RunAsync(1, bench.There()), StringComparison.Ordinal);
        var before = bench.Digest(bench.First);
        var right = bench.MasterKeys;
        bench.MasterKeys = MasterKeyRing.Generate();
        Assert.Contains("wrong master key", await bench.RunAsync(1, bench.There()), StringComparison.Ordinal);
        using (var names = await bench.Client.GetDatabase(bench.Name).ListCollectionNamesAsync(
            cancellationToken: Cancellation))
            Assert.Empty(await names.ToListAsync(Cancellation));
        Assert.Equal(before, bench.Digest(bench.First));

        bench.MasterKeys = right;
        await bench.RunAsync(0, bench.There());
        Assert.Contains("already", await bench.RunAsync(1, bench.There()), StringComparison.Ordinal);
        Assert.Contains("--no-cluster-running", await bench.RunAsync(
            1, "--from", "mongodb", "--to", bench.Second, "--database", bench.Name), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_is_not_empty_is_left_as_it_is()
    {
        await using var bench = new MoveBench();
        await using (var engine = (await EmbeddedEngine.CreateAsync(bench.First, bench.Masters, bench.Options)).Engine)
        {
        }
        await bench.Collection("orders").InsertOneAsync(new BsonDocument("_id", 1), null, Cancellation);

        Assert.Contains("orders", await bench.RunAsync(1, bench.There()), StringComparison.Ordinal);
        Assert.Equal(0, await bench.Collection("states").CountDocumentsAsync(
            new BsonDocument(), cancellationToken: Cancellation));
    }

    [Fact]
    public async Task While_a_silo_is_alive_nothing_is_moved()
    {
        await using var bench = new MoveBench();
        await using (var engine = (await EmbeddedEngine.CreateAsync(bench.First, bench.Masters, bench.Options)).Engine)
        {
        }
        await bench.RunAsync(0, bench.There());
        var membership = new SingleMembershipCollection(bench.Client, bench.Name + "_cluster", "", false, null);
        await membership.UpsertRow(
            "sud",
            new MembershipEntry
            {
                SiloAddress = SiloAddress.New(System.Net.IPAddress.Loopback, 11111, 1),
                SiloName = "one",
                HostName = "one",
                Status = SiloStatus.Active,
                SuspectTimes = [],
                StartTime = TimeProvider.System.GetUtcNow().UtcDateTime,
                IAmAliveTime = TimeProvider.System.GetUtcNow().UtcDateTime,
            },
            null!,
            new TableVersion(0, "0"));

        Assert.Contains("is running", await bench.RunAsync(1, bench.Back()), StringComparison.Ordinal);
        Assert.False(Directory.Exists(bench.Second));
    }

    [Fact]
    public async Task A_password_is_no_argument_and_one_end_is_a_folder()
    {
        await using var bench = new MoveBench();
        var said = await bench.RunAsync(2, "--from", bench.First, "--to", "mongodb://ada:secret@127.0.0.1/");
        Assert.Contains("never an argument", said, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", said, StringComparison.Ordinal);
        await bench.RunAsync(2, "--from", bench.First, "--to", bench.Second);
        await bench.RunAsync(2, "--from", bench.First);
        await bench.RunAsync(1, "--from", bench.First, "--to", "mongodb");
        Assert.Contains("--check", await bench.RunAsync(0, "--help"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_was_killed_goes_on()
    {
        await using var bench = new MoveBench();
        await FillAsync(bench);
        var records = bench.Collection("records");
        await KillAsync(bench, bench.There(), async () =>
            await records.CountDocumentsAsync(new BsonDocument(), cancellationToken: Cancellation) > 0);
        Assert.Equal(0, await bench.Collection("states").CountDocumentsAsync(
            new BsonDocument("_id", new InstallationId().ToString()), cancellationToken: Cancellation));
        await bench.RunAsync(0, bench.There());
        await bench.RunAsync(0, bench.There("--check", "--no-cluster-running"));

        var unfinished = new FileInfo(Path.Combine(bench.Second, "sud.db.migrating-wal"));
        await KillAsync(bench, bench.Back(), () =>
        {
            unfinished.Refresh();
            return Task.FromResult(unfinished.Exists && unfinished.Length > 1_000_000);
        });
        Assert.False(EmbeddedEngine.Exists(bench.Second));
        await bench.RunAsync(0, bench.Back());
        await using var engine = await bench.OpenAsync(bench.Second);
        await engine.VerifyLogAsync(cancellation: Cancellation);
    }

    private static async Task FillAsync(MoveBench bench)
    {
        var (engine, credential) = await EmbeddedEngine.CreateAsync(bench.First, bench.Masters, bench.Options);
        await using var open = engine;
        var registered = await (await engine.SignInAsync(credential)).RegisterApplicationAsync(new("City Library"));
        var app = await engine.SignInAsync(registered.Credential);
        var user = await app.CreateUserAsync(new Dictionary<string, string> { ["name"] = "Ada" });
        for (var page = 0; page < 15; page++)
            await app.Get(user.Id).AddRecordsAsync(
                "letters",
                [.. Enumerable.Range(0, 1_000).Select(i => new NewRecord(
                    RecordId.New(), RecordContent.Text($"letter {page} {i} {new string('x', 400)}")))]);
    }

    /// <summary>Runs the program in a process of its own, and kills it as soon as something is so.</summary>
    private static async Task KillAsync(MoveBench bench, string[] args, Func<Task<bool>> isSo)
    {
        // Beside the tests it finds what they have, and no package that the tests' framework holds in a newer version.
        var tests = Path.Combine(AppContext.BaseDirectory, "SecureUserData.Cluster.Tests");
        string[] command =
        [
            "exec", "--runtimeconfig", $"{tests}.runtimeconfig.json", "--depsfile", $"{tests}.deps.json",
            Path.Combine(AppContext.BaseDirectory, "sud-migrate.dll"), .. args,
        ];
        var start = new ProcessStartInfo("dotnet", command)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in bench.Variables) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            while (!await isSo()) Assert.False(
                process.HasExited, process.HasExited ? await process.StandardError.ReadToEndAsync(Cancellation) : "");
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}
