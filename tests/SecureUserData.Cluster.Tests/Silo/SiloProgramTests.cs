using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Driver;
using SecureUserData.Applications;
using SecureUserData.Cluster.Mongo;
using SecureUserData.Cryptography;

namespace SecureUserData.Cluster.Tests.Silo;

/// <summary>The silo as a process on a MongoDB.</summary>
public sealed class SiloProgramTests
{
    [Fact]
    public async Task An_installation_is_set_up_once_and_its_credential_is_its_owner_s_only()
    {
        await using var silo = new SiloProgram();
        Assert.Contains("silo init", (await silo.RunAsync("check")).Error);
        Assert.Equal(0, (await silo.RunAsync("init", "--credential-file", silo.CredentialFile)).Code);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(silo.CredentialFile));
        var again = await silo.RunAsync("init", "--credential-file", silo.CredentialFile + "2");
        Assert.Equal((1, ""), (again.Code, again.Out));
        Assert.False(File.Exists(silo.CredentialFile + "2"));
        Assert.Equal((1, ""), await silo.RunAsync("init") is var (code, output, _) ? (code, output) : default);
        Assert.Equal(0, (await silo.RunAsync("init", "--if-missing")).Code);
        var check = await silo.RunAsync("check");
        Assert.Equal(0, check.Code);
        Assert.Contains("All of it can be used.", check.Out);
    }

    [Fact]
    public async Task Another_master_key_opens_nothing()
    {
        await using var silo = new SiloProgram();
        Assert.Equal(0, (await silo.RunAsync("init", "--credential-file", silo.CredentialFile)).Code);
        File.WriteAllText(silo.KeyFile, MasterKeyRing.Generate());
        var check = await silo.RunAsync("check");
        Assert.Equal(1, check.Code);
        Assert.Contains("wrong master key", check.Error);
    }

    [Fact]
    public async Task Health_checks_tell_a_silo_that_lives_from_one_that_can_serve()
    {
        await using var silo = await StartAsync();
        Assert.Equal((HttpStatusCode.OK, "live"), await silo.GetHealthAsync("live"));
        Assert.Equal((HttpStatusCode.OK, "ready"), await silo.GetHealthAsync("ready"));
        Assert.Equal(HttpStatusCode.NotFound, (await silo.GetHealthAsync("")).Status);
        using (var client = new MongoClient(silo.MongoOptions.ConnectionString))
            await client.DropDatabaseAsync(silo.MongoOptions.Database, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, (await silo.GetHealthAsync("live")).Status);
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "the installation is not in the database"),
            await silo.GetHealthAsync("ready"));
    }

    [Fact]
    public async Task A_silo_that_is_asked_to_end_keeps_what_it_has_acknowledged_and_finishes_its_log()
    {
        await using var silo = await StartAsync();
        var made = new ConcurrentBag<UserId>();
        await using (var client = await silo.ConnectAsync())
        {
            var admin = await client.SignInAsync(silo.Operator);
            var app = await client.SignInAsync((await admin.RegisterApplicationAsync(new("Library"))).Credential);
            var callers = Enumerable.Range(0, 8).Select(_ => CreateUsersAsync(app, made)).ToList();
            while (made.Count < 50 && callers.TrueForAll(caller => !caller.IsCompleted)) await Task.Yield();
            var (code, output) = await silo.TerminateAsync();
            Assert.Equal(0, code);
            Assert.Contains("has left the cluster", output);
            await Task.WhenAll(callers);
        }
        Assert.InRange(made.Count, 50, int.MaxValue);
        Assert.Equal(0, (await silo.RunAsync("check")).Code);
        await using var store = new MongoStore(
            silo.MongoOptions, TimeProvider.System, NullLoggerFactory.Instance);
        foreach (var user in made) Assert.NotNull(await store.Slot(user.ToString()).LoadAsync());
        using var masters = MasterKeyRing.Parse(File.ReadAllText(silo.KeyFile));
        using var keys = await InstallationSetup.OpenAsync(store.Slot, masters);
        store.Start(keys);
        var writer = Assert.Single(await store.Log.WritersAsync(0, 10));
        var newest = await store.Log.NewestBatchAsync(writer.Number);
        Assert.Empty(await store.Log.ScanAsync(writer.Number, newest!.Last, 1)); // no row without a batch over it
    }

    private static async Task<SiloProgram> StartAsync()
    {
        var silo = new SiloProgram();
        try
        {
            Assert.Equal(0, (await silo.RunAsync("init", "--credential-file", silo.CredentialFile)).Code);
            await silo.StartAsync();
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates users until the silo does not want to any more.</summary>
    private static async Task CreateUsersAsync(ISession app, ConcurrentBag<UserId> made)
    {
        try
        {
            while (true)
                made.Add((await app.CreateUserAsync(new Dictionary<string, string> { ["name"] = "Ada" })).Id);
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.Unavailable)
        {
        }
    }
}
