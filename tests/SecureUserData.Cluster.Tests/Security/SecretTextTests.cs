using SecureUserData.Client.Grains;
using SecureUserData.Cluster.Grains;
using SecureUserData.Conformance;
using SecureUserData.Tests.Hosting;

namespace SecureUserData.Cluster.Tests.Security;

/// <summary>What is written and read, and what stores say of themselves, stands in no log and in no answer.</summary>
public sealed class SecretTextTests(AttackedCluster cluster)
    : EngineConformance(cluster), IClassFixture<AttackedCluster>
{
    private const string Secret = "a path and a value, which nobody is told";

    [Theory]
    [InlineData(nameof(PortCall.LoadState))]
    [InlineData(nameof(PortCall.ReadLog))]
    [InlineData(nameof(PortCall.ReadRecords))]
    [InlineData(nameof(PortCall.SaveState))]
    [InlineData(nameof(PortCall.AppendEntry))]
    [InlineData(nameof(PortCall.PutRecord))]
    [InlineData(nameof(PortCall.ClaimKey))]
    public async Task What_a_store_says_when_it_fails_reaches_neither_a_client_nor_a_log(string failing)
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        string[] tokens =
        [
            await cluster.Attacker.SignInAsync(user.Credential), await cluster.Attacker.SignInAsync(app.Credential),
        ];
        var grain = cluster.Attacker.Grain<IUserGrain>(InternalGrain.GrainIdOf(user.Id));
        await Fixture.UnloadIdleAsync();
        var failures = 0;
        cluster.BeforeRead = cluster.BeforeWrite = call =>
        {
            if ($"{call}" != failing) return Task.CompletedTask;
            failures++;
            throw new IOException(Secret, new InvalidDataException(Secret));
        };
        var refusals = new List<Exception?>();
        try
        {
            Func<Task>[] calls =
            [
                grain.GetAsync, () => grain.SetFieldAsync("city", "Paris"), () => grain.SetFieldAsync("email", "a@b.c"),
                () => grain.PutRecordAsync("letters", RecordContent.Text("Dear")),
                () => grain.ListRecordsAsync("letters", null, 10),
            ];
            foreach (var call in calls)
                foreach (var token in tokens) refusals.Add(await HostileClient.CallAsync(call, token));
        }
        finally
        {
            cluster.BeforeRead = cluster.BeforeWrite = null;
        }
        Assert.True(failures > 0);
        Assert.Contains(refusals, refusal => refusal is SecureUserDataException { Code: ErrorCode.Unavailable });
        Assert.All(refusals, refusal => Assert.DoesNotContain(Secret, $"{refusal}"));
        Assert.DoesNotContain(cluster.Logs.All, line => line.Contains(Secret, StringComparison.Ordinal));
        await user.Self.GetAsync();
    }

    /// <summary>What cannot be activated fails with what was found, as in the embedded engine, and can be called again
    /// at once.</summary>
    [Fact]
    public async Task An_entity_that_could_not_be_loaded_is_loaded_anew_by_the_next_call()
    {
        var user = await AddUserAsync(await RegisterAsync());
        await Fixture.UnloadIdleAsync();
        cluster.BeforeRead = call => call == PortCall.ReadLog
            ? throw SecureUserDataException.Tampered("the access log of somebody")
            : Task.CompletedTask;
        try
        {
            await RefusedAsync(ErrorCode.Tampered, user.Self.GetAsync);
            await RefusedAsync(ErrorCode.Tampered, user.Self.GetAsync);
        }
        finally
        {
            cluster.BeforeRead = null;
        }
        Assert.Equal("Ada Lovelace", (await user.Self.GetAsync()).Fields["name"]);
    }

    [Fact]
    public async Task The_logs_of_silos_hold_no_values()
    {
        const string planted = "Xanthippe-7f3a9";
        var app = await RegisterAsync();
        var user = await AddUserAsync(app, new Dictionary<string, string>
        {
            ["name"] = planted, ["email"] = $"{planted}@example.org", ["city"] = planted,
        });
        var script = await AddScriptAsync(app);
        await user.To(script).GiveAsync();
        await script.ReadAsync(user, "name", "email");
        await RefusedAsync(ErrorCode.Denied, () => script.ReadAsync(user, "city"));
        await app.User(user.Id).PutRecordAsync("letters", RecordContent.Text(planted));
        await app.Session.FindUsersAsync("city", planted, null, 10);
        await RefusedAsync(ErrorCode.Invalid, () => user.Self.SetFieldAsync(planted + "\n", planted));
        await Xunit.Record.ExceptionAsync(() => user.Self.SetFieldAsync("name", planted + new string('x', 70_000)));
        await Xunit.Record.ExceptionAsync(
            () => AddUserAsync(app, new Dictionary<string, string> { ["email"] = $"{planted}@example.org" }));
        await Xunit.Record.ExceptionAsync(() => Engine.ClaimAsync(new Credential(planted)));
        await Xunit.Record.ExceptionAsync(() => Engine.SignInAsync(new Credential(user.Credential.Reveal() + planted)));
        await HostileClient.CallAsync(
            () => cluster.Attacker.Grain<IUserGrain>(InternalGrain.GrainIdOf(user.Id)).SetFieldAsync("name", planted),
            "no token " + planted);
        await HostileClient.CallAsync(
            () => cluster.Attacker.Grain<IUserInternalsGrain>(InternalGrain.GrainIdOf(user.Id))
                .ClaimAsync(new Credential(planted)));
        cluster.BeforeWrite = _ => throw new IOException(planted);
        await Xunit.Record.ExceptionAsync(() => user.Self.SetFieldAsync("name", planted));
        cluster.BeforeWrite = null;
        await user.Session.EraseAsync(user.Id, null, TestContext.Current.CancellationToken);
        await Fixture.UnloadIdleAsync();

        var secrets = new[] { planted, user.Credential.Reveal()[^20..], script.Credential.Reveal()[^20..] };
        Assert.NotEmpty(cluster.Logs.All);
        foreach (var secret in secrets)
            Assert.DoesNotContain(cluster.Logs.All, line => line.Contains(secret, StringComparison.Ordinal));
    }
}
