using MongoDB.Bson;
using MongoDB.Driver;
using SecureUserData.Cluster.Tests.Mongo;

namespace SecureUserData.Cluster.Tests.Silo;

/// <summary>The program <c>silo</c> on a restored database.</summary>
public sealed class EraseAgainCommandTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nobody_is_served_after_a_restore_before_whoever_came_back_is_erased_again()
    {
        await using var silo = new SiloProgram();
        Assert.Equal(0, (await silo.RunAsync("init", "--credential-file", silo.CredentialFile)).Code);
        var (app, ada, bob) = await FillAsync(silo);
        var backup = await CopyAsync(silo);
        await silo.StartAsync();
        Assert.Contains("is running", (await silo.RunAsync("erase-again")).Error, StringComparison.Ordinal);
        await using (var client = await silo.ConnectAsync())
            await (await client.SignInAsync(app)).EraseAsync(ada, cancellation: Cancellation);
        Assert.Equal(0, (await silo.TerminateAsync()).Code);
        Assert.Contains("nobody", (await silo.RunAsync("erase-again")).Error, StringComparison.Ordinal);
        await backup.PutBackAsync();
        await ForgeAsync(silo, bob);

        foreach (var command in (string[])["check", "run", "verify-log"])
        {
            var (code, _, error) = await silo.RunAsync(command);
            Assert.Equal((1, true), (code, error.Contains("1 users", StringComparison.Ordinal)));
            Assert.Contains("silo erase-again", error, StringComparison.Ordinal);
        }
        var dry = await silo.RunAsync("erase-again", "--dry-run");
        Assert.Equal((0, $"{ada}\n"), (dry.Code, dry.Out));
        Assert.Contains("erases nobody", dry.Error, StringComparison.Ordinal);
        Assert.Equal(backup.Digest, (await CopyAsync(silo)).Digest);
        var done = await silo.RunAsync("erase-again");
        Assert.Equal((0, $"{ada}"), (done.Code, done.Out.Split('\n')[0])); // what follows is the runtime's
        TestContext.Current.TestOutputHelper?.WriteLine(done.Out);
        Assert.Contains("1 of 1 users", done.Error, StringComparison.Ordinal);

        var after = await CopyAsync(silo);
        Assert.All(after.With($"{ada}"), collection => Assert.Contains(collection, (string[])["states", "log"]));
        Assert.Contains("states", after.With($"{ada}"));
        Assert.Contains("records", after.With($"{bob}"));
        var again = await silo.RunAsync("erase-again");
        Assert.Equal((0, ""), (again.Code, again.Out));
        Assert.Equal(after.Digest, (await CopyAsync(silo)).Digest);
        Assert.Equal(0, (await silo.RunAsync("check")).Code);
        Assert.Equal(0, (await silo.RunAsync("verify-log")).Code);
        await silo.StartAsync();
        await using (var client = await silo.ConnectAsync())
        {
            var session = await client.SignInAsync(app);
            var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
                () => session.Get(ada).SetFieldAsync("name", "Ada"));
            Assert.Equal(ErrorCode.Erased, refusal.Code);
            await session.Get(bob).SetFieldAsync("name", "Bob");
        }
    }

    [Fact]
    public async Task A_lost_erasure_list_is_complete_again_when_the_installation_is_opened()
    {
        await using var silo = new SiloProgram();
        Assert.Equal(0, (await silo.RunAsync("init", "--credential-file", silo.CredentialFile)).Code);
        var (app, ada, _) = await FillAsync(silo);
        await silo.StartAsync();
        await using (var client = await silo.ConnectAsync())
            await (await client.SignInAsync(app)).EraseAsync(ada, cancellation: Cancellation);
        Assert.Equal(0, (await silo.TerminateAsync()).Code);
        var list = await DatabaseCopy.MakeAsync(silo.MongoOptions.ErasureDatabase);
        using (var client = new MongoClient(silo.MongoOptions.ConnectionString))
            await client.DropDatabaseAsync(silo.MongoOptions.ErasureDatabase, Cancellation);

        Assert.Equal(0, (await silo.RunAsync("check")).Code);

        Assert.Equal(list.Digest, (await DatabaseCopy.MakeAsync(silo.MongoOptions.ErasureDatabase)).Digest);
    }

    private static Task<DatabaseCopy> CopyAsync(SiloProgram silo) => DatabaseCopy.MakeAsync(silo.MongoOptions.Database);

    /// <summary>An application and two users with a record each; the silo has ended again.</summary>
    private static async Task<(Credential App, UserId Ada, UserId Bob)> FillAsync(SiloProgram silo)
    {
        await silo.StartAsync();
        Credential credential;
        var users = new List<UserId>();
        await using (var client = await silo.ConnectAsync())
        {
            var admin = await client.SignInAsync(silo.Operator);
            var settings = new ApplicationSettings("Library") { UniqueFields = ["email"] };
            credential = (await admin.RegisterApplicationAsync(settings)).Credential;
            var app = await client.SignInAsync(credential);
            foreach (var name in (string[])["ada", "bob"])
            {
                var fields = new Dictionary<string, string> { ["email"] = $"{name}@example.org" };
                users.Add((await app.CreateUserAsync(fields)).Id);
                await app.Get(users[^1]).PutRecordAsync("letters", RecordContent.Text("Dear reader"));
            }
        }
        Assert.Equal(0, (await silo.TerminateAsync()).Code);
        return (credential, users[0], users[1]);
    }

    /// <summary>Adds to the list what another installation's key could have signed.</summary>
    private static async Task ForgeAsync(SiloProgram silo, UserId user)
    {
        using var client = new MongoClient(silo.MongoOptions.ConnectionString);
        var list = client.GetDatabase(silo.MongoOptions.ErasureDatabase).GetCollection<BsonDocument>("erasures");
        var real = (await list.Find(new BsonDocument()).SingleAsync(Cancellation))["certificate"].AsString.Split('.');
        var claims = System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(real[1]));
        var subject = ErasureCertificate.Unverified(string.Join('.', real))!.User;
        var forged = System.Buffers.Text.Base64Url.EncodeToString(
            System.Text.Encoding.UTF8.GetBytes(claims.Replace(subject, $"{user}", StringComparison.Ordinal)));
        await list.InsertOneAsync(
            new BsonDocument { { "_id", "forged" }, { "certificate", $"{real[0]}.{forged}.{real[2]}" } },
            null,
            Cancellation);
    }
}
