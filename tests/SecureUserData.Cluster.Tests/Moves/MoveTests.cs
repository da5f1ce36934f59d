using MongoDB.Bson;
using MongoDB.Driver;
using SecureUserData.AccessLog;
using SecureUserData.Embedded;

namespace SecureUserData.Cluster.Tests.Moves;

public sealed class MoveTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_installation_goes_there_and_back_and_answers_the_same()
    {
        await using var bench = new MoveBench();
        var (library, answers, anchor) = await FillAsync(bench);
        var before = bench.Digest(bench.First);

        var said = await bench.RunAsync(0, bench.There());
        Assert.Contains("was not changed", said, StringComparison.Ordinal);
        Assert.Equal(before, bench.Digest(bench.First));
        await bench.RunAsync(0, bench.There("--check", "--no-cluster-running"));

        var ofCluster = new MemoryStream();
        await using (var cluster = await MovedCluster.StartAsync(bench))
        {
            Assert.Equal(answers, await library.AnswersAsync(cluster.Engine));
            await cluster.Log.VerifyAsync(
                new LogEvidence { Anchors = [anchor] }, () => ofCluster, cancellation: Cancellation);
        }

        // As if the last writer had been killed: rows without a batch go, too.
        Assert.NotNull(await bench.Collection("log_batches").FindOneAndDeleteAsync(
            new BsonDocument("_id", new BsonDocument("$gt", "0000000000000000002/")),
            new FindOneAndDeleteOptions<BsonDocument> { Sort = new BsonDocument("_id", -1) },
            Cancellation));

        await bench.RunAsync(0, bench.Back());
        await bench.RunAsync(0, bench.Back("--check"));
        await using var engine = await bench.OpenAsync(bench.Second);
        Assert.Equal(answers, await library.AnswersAsync(engine));
        await engine.VerifyLogAsync(new LogEvidence { Anchors = [anchor] }, cancellation: Cancellation);
        await engine.VerifyLogAsync(
            new LogEvidence { Anchors = [ofCluster], ChainsOnly = true }, cancellation: Cancellation);
        await Assert.ThrowsAsync<SecureUserDataException>(() => engine.VerifyLogAsync(
            new LogEvidence { Anchors = [ofCluster] }, cancellation: Cancellation));
    }

    [Fact]
    public async Task Wake_ups_go_there_and_back()
    {
        await using var bench = new MoveBench();
        var (library, _, _) = await FillAsync(bench);
        await bench.RunAsync(0, bench.There());
        await bench.RunAsync(0, bench.Back());

        await using var engine = await bench.OpenAsync(bench.Second);
        bench.Clock.Advance(TimeSpan.FromDays(41));
        var cyd = (await engine.SignInAsync(library.Cyd.Credential)).Get(library.Cyd.Id);
        var began = TimeProvider.System.GetTimestamp();
        while ((await cyd.ReadLogAsync(0, 50)).Count(entry => entry.Activity == Activity.ConsentDecided) < 2)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60), "Nobody was woken.");
            bench.Clock.Advance(TimeSpan.FromSeconds(10));
        }
    }

    [Fact]
    public async Task Every_kind_of_difference_is_found()
    {
        await using var bench = new MoveBench();
        await FillAsync(bench);
        await bench.RunAsync(0, bench.There());
        foreach (var (collection, field) in ((string, string)[])
        [
            ("states", "_doc.body"), ("records", "envelope"), ("unique_keys", "holder"), ("log", "body"),
            ("log", "mac"), ("log_batches", "digest"), ("log_writers", "start"),
        ])
        {
            var documents = bench.Collection(collection);
            var one = (await documents.Find(new BsonDocument()).Sort(new BsonDocument("_id", -1)).Limit(1)
                .ToListAsync(Cancellation))[0];
            var changed = Changed(one, field);
            await documents.ReplaceOneAsync(
                new BsonDocument("_id", one["_id"]), changed, cancellationToken: Cancellation);
            await DiffersAsync($"{collection}.{field}");
            await documents.DeleteOneAsync(new BsonDocument("_id", one["_id"]), Cancellation);
            await DiffersAsync($"{collection} lacks one");
            await documents.InsertOneAsync(one, null, Cancellation);
            if (one["_id"].IsString) await ExtraAsync(collection, one);
            await bench.RunAsync(0, bench.There("--check", "--no-cluster-running"));
        }

        async Task ExtraAsync(string collection, BsonDocument one)
        {
            var extra = one.DeepClone().AsBsonDocument;
            var id = one["_id"].AsString;
            extra["_id"] = collection.StartsWith("log", StringComparison.Ordinal)
                ? id[..^4] + "9999"
                : id[..^1] + (id[^1] == '3' ? '2' : '3');
            await bench.Collection(collection).InsertOneAsync(extra, null, Cancellation);
            await DiffersAsync($"{collection} has one more");
            await bench.Collection(collection).DeleteOneAsync(new BsonDocument("_id", extra["_id"]), Cancellation);
        }

        async Task DiffersAsync(string what)
        {
            var said = await bench.RunAsync(1, bench.There("--check", "--no-cluster-running"));
            TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {said}");
            Assert.DoesNotContain("unexpected", said, StringComparison.Ordinal);
        }
    }

    private static BsonDocument Changed(BsonDocument document, string field)
    {
        var changed = document.DeepClone().AsBsonDocument;
        var inner = field.Split('.') is [var outer, _] ? changed[outer].AsBsonDocument : changed;
        var name = field.Split('.')[^1];
        if (inner[name].IsString) inner[name] = inner[name].AsString + "x";
        else
        {
            var bytes = inner[name].AsByteArray.ToArray();
            bytes[^1] ^= 1;
            inner[name] = new BsonBinaryData(bytes);
        }
        return changed;
    }

    internal static async Task<(MovedLibrary Library, IReadOnlyList<string> Answers, Stream Anchor)> FillAsync(
        MoveBench bench)
    {
        var (engine, credential) = await EmbeddedEngine.CreateAsync(bench.First, bench.Masters, bench.Options);
        await using var open = engine;
        var library = await MovedLibrary.FillAsync(engine, credential, bench.Clock);
        var answers = await library.AnswersAsync(engine);
        var folder = Directory.CreateDirectory(bench.First + "-anchors").FullName;
        var written = await engine.WriteAnchorAsync(folder, cancellation: Cancellation);
        return (library, answers, new MemoryStream(await File.ReadAllBytesAsync(written.File, Cancellation)));
    }
}
