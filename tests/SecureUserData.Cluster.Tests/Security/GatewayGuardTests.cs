using Orleans.Serialization.Invocation;
using SecureUserData.Client.Wire;
using SecureUserData.Cluster.Grains;
using SecureUserData.Conformance;
using SecureUserData.Tests.Hosting;

namespace SecureUserData.Cluster.Tests.Security;

/// <summary>Messages that the runtime's own client would not send.</summary>
public sealed class GatewayGuardTests(AttackedCluster cluster)
    : EngineConformance(cluster), IClassFixture<AttackedCluster>
{
    [Theory]
    [InlineData("Direction", "OneWay")]
    [InlineData("IsAlwaysInterleave", true)]
    [InlineData("IsReadOnly", true)]
    public Task What_is_no_plain_request_costs_the_connection(string property, object value) =>
        AssertRefusedAsync(message => HostileClient.Set(message, property, value));

    [Fact]
    public Task Advice_where_grains_are_costs_the_connection() => AssertRefusedAsync(message =>
    {
        var updates = message.GetType().GetProperty("CacheInvalidationHeader")!;
        updates.SetValue(message, Activator.CreateInstance(updates.PropertyType));
    });

    /// <summary>Whoever it says that it is from: what counts is the token.</summary>
    [Fact]
    public async Task A_forged_sender_opens_nothing()
    {
        var user = await AddUserAsync(await RegisterAsync());
        var id = InternalGrain.GrainIdOf(user.Id);
        var request = await HostileClient.CaptureAsync(
            () => cluster.Attacker.Grain<IUserInternalsGrain>(id).ClaimAsync(user.Credential));
        foreach (var sender in new[] { id, cluster.Attacker.SystemTarget(GrainType.Create("sys.svc.catalog")) })
        {
            var refusals = cluster.Logs.All.Count(line => line.Contains("without the token of a silo"));
            cluster.Attacker.Send(id, typeof(IUserInternalsGrain), request, message =>
            {
                HostileClient.Set(message, "SendingGrain", sender);
                HostileClient.Set(message, "SendingSilo", cluster.Cluster.Silos[1].SiloAddress);
            });
            await EventuallyAsync(() => Task.FromResult(
                cluster.Logs.All.Count(line => line.Contains("without the token of a silo")) > refusals));
        }
        await user.Self.GetAsync();
    }

    /// <summary>The second line: were the guard not there, or the message made by a silo, the entity would still have
    /// one call at a time.</summary>
    [Theory]
    [InlineData(Orleans.CodeGeneration.InvokeMethodOptions.AlwaysInterleave)]
    [InlineData(Orleans.CodeGeneration.InvokeMethodOptions.ReadOnly)]
    public async Task A_call_that_may_run_beside_others_waits_for_the_one_under_way(
        Orleans.CodeGeneration.InvokeMethodOptions options)
    {
        var user = await AddUserAsync(await RegisterAsync());
        var request = await RequestAsync(cluster.Attacker, user);
        var token = await cluster.Attacker.SignInAsync(user.Credential);
        var reached = new TaskCompletionSource();
        var held = new TaskCompletionSource();
        cluster.BeforeWrite = call =>
        {
            if (call != PortCall.SaveState || !reached.TrySetResult()) return Task.CompletedTask;
            return held.Task;
        };
        var writing = user.Self.SetFieldAsync("city", "Paris");
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        try
        {
            RequestContext.Set(CallHeaders.Caller, token);
            var runtime = cluster.Service<IGrainReferenceRuntime>();
            var grain = (GrainReference)(object)cluster.Service<IGrainFactory>()
                .GetGrain<Client.Grains.IUserGrain>(InternalGrain.GrainIdOf(user.Id));
            var beside = runtime.InvokeMethodAsync<UserProfile>(grain, request, options).AsTask();
            for (var i = 0; i < 5; i++) await AddUserAsync(await RegisterAsync()); // time for one that does not wait
            held.SetResult();
            await writing;
            Assert.Equal("Paris", (await beside).Fields["city"]);
        }
        finally
        {
            held.TrySetResult();
            cluster.BeforeWrite = null;
        }
        Assert.Equal("Paris", (await user.Self.GetAsync()).Fields["city"]);
    }

    [Fact]
    public async Task What_is_too_long_is_not_sent_and_not_taken()
    {
        var user = await AddUserAsync(await RegisterAsync());
        await using var attacker = await cluster.ConnectAsync();
        var session = await attacker.Engine(Clock).SignInAsync(user.Credential);
        var refusal = await Xunit.Record.ExceptionAsync(
            () => session.Get(user.Id).SetFieldAsync("name", new string('x', 60 * 1024 * 1024)));
        var ours = Assert.IsType<SecureUserDataException>(refusal);
        Assert.True(ours.Code is ErrorCode.Unavailable or ErrorCode.Invalid, ours.Message);
        await ServesAgainAsync(attacker, user);
    }

    private int Refused() =>
        cluster.Logs.All.Count(line => line.Contains("which none needs", StringComparison.Ordinal));

    private static Task<IInvokable> RequestAsync(HostileClient attacker, UserActor user) => HostileClient.CaptureAsync(
        attacker.Grain<Client.Grains.IUserGrain>(InternalGrain.GrainIdOf(user.Id)).GetAsync);

    private async Task AssertRefusedAsync(Action<object> forge)
    {
        var user = await AddUserAsync(await RegisterAsync());
        await using var attacker = await cluster.ConnectAsync();
        var request = await RequestAsync(attacker, user);
        var before = Refused();
        attacker.Send(InternalGrain.GrainIdOf(user.Id), typeof(Client.Grains.IUserGrain), request, forge);
        await EventuallyAsync(() => Task.FromResult(Refused() > before));
        await ServesAgainAsync(attacker, user);
    }

    /// <summary>The attacker may connect again, and nobody else has suffered anything.</summary>
    private static async Task ServesAgainAsync(HostileClient attacker, UserActor user)
    {
        await user.Self.GetAsync();
        await EventuallyAsync(async () =>
            await Xunit.Record.ExceptionAsync(() => attacker.SignInAsync(user.Credential)) is null);
    }
}
