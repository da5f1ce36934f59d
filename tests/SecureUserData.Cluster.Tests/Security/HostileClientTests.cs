using System.Reflection;
using Orleans.Concurrency;
using SecureUserData.Client.Grains;
using SecureUserData.Client.Wire;
using SecureUserData.Cluster.Grains;
using SecureUserData.Conformance;

namespace SecureUserData.Cluster.Tests.Security;

/// <summary>What somebody tries who has a connection to a gateway, and perhaps a credential of his own.</summary>
public sealed class HostileClientTests(AttackedCluster cluster)
    : EngineConformance(cluster), IClassFixture<AttackedCluster>
{
    private HostileClient Attacker => cluster.Attacker;

    [Fact]
    public async Task Nobody_is_served_without_a_token()
    {
        var user = await AddUserAsync(await RegisterAsync());
        var grain = Attacker.Grain<IUserGrain>(InternalGrain.GrainIdOf(user.Id));

        AssertDenied(await HostileClient.CallAsync(grain.GetAsync));
        AssertDenied(await HostileClient.CallAsync(grain.GetAsync, "not a token"));
        AssertDenied(await HostileClient.CallAsync(grain.GetAsync, ""));
        AssertDenied(await HostileClient.CallAsync(grain.GetAsync, CallHeaders.System));
        AssertDenied(await HostileClient.CallAsync(grain.GetAsync, CallHeaders.System, "not a token"));
    }

    [Fact]
    public async Task A_token_of_a_caller_is_none_of_a_silo()
    {
        var user = await AddUserAsync(await RegisterAsync());
        var token = await Attacker.SignInAsync(user.Credential);
        var grain = Attacker.Grain<IUserErasureGrain>(InternalGrain.GrainIdOf(user.Id));

        AssertDenied(await HostileClient.CallAsync(() => FirstMethod(grain), token, token));
        AssertDenied(await HostileClient.CallAsync(
            Attacker.Grain<IUserGrain>(InternalGrain.GrainIdOf(user.Id)).GetAsync, CallHeaders.System, token));
        await user.Self.GetAsync();
    }

    [Fact]
    public async Task A_token_is_good_for_its_owner_only()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var other = await AddNamedUserAsync(app, "Grace");
        var token = await Attacker.SignInAsync(other.Credential);

        var refusal = await HostileClient.CallAsync(
            Attacker.Grain<IUserGrain>(InternalGrain.GrainIdOf(user.Id)).GetAsync, token);
        Assert.Equal(ErrorCode.NotFound, Assert.IsType<SecureUserDataException>(refusal).Code);
    }

    [Fact]
    public async Task A_credential_that_was_taken_back_lives_on_for_five_and_a_half_minutes_at_most()
    {
        var user = await AddUserAsync(await RegisterAsync());
        var token = await Attacker.SignInAsync(user.Credential);
        var grain = Attacker.Grain<IUserGrain>(InternalGrain.GrainIdOf(user.Id));
        await (await OperatorAsync()).Get(user.Id).ReissueCredentialAsync();

        Clock.Advance(TimeSpan.FromSeconds(5 * 60 + 30 - 1));
        Assert.Null(await HostileClient.CallAsync(grain.GetAsync, token));
        Clock.Advance(TimeSpan.FromSeconds(1));
        AssertDenied(await HostileClient.CallAsync(grain.GetAsync, token));
        AssertDenied(await Xunit.Record.ExceptionAsync(() => Attacker.SignInAsync(user.Credential)));
    }

    /// <summary>Every interface that is a grain's and no contract, so that a new one is here by itself.</summary>
    [Fact]
    public async Task No_internal_interface_answers_a_client()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var script = await AddScriptAsync(app);
        var tokens = new[] { null, await Attacker.SignInAsync(user.Credential), CallHeaders.System };
        IEntityId[] ids =
        [
            new InstallationId(), app.Id, user.Id, script.Id, new ConsentId(user.Id, script.Id),
            new OverviewId(user.Id), new ReadAllId(script.Id), new ErasureId(user.Id), new RetentionId(app.Id),
            new RotationId(app.Id), new MasterRotationId(), new LookUpsId(app.Id, 0),
        ];
        var internals = typeof(IEntityGrain).Assembly.GetTypes()
            .Where(type => type.IsInterface && typeof(IAddressable).IsAssignableFrom(type)
                && type != typeof(IEntityGrain))
            .ToList();
        Assert.Superset(InternalGrain.Interfaces.ToHashSet(), internals.ToHashSet());

        foreach (var type in internals)
            foreach (var id in ids)
                foreach (var method in Methods(type).Where(method => !IsOneWay(method)))
                    foreach (var token in tokens)
                    {
                        var grain = Attacker.Grain(type, InternalGrain.GrainIdOf(id));
                        var refusal = await HostileClient.CallAsync(() => Call(grain, method), token);
                        Assert.True(refusal is not null, $"{type.Name}.{method.Name} of {id} answered.");
                        if (GrainOf(id).IsAssignableTo(type)) AssertDenied(refusal);
                    }
        await user.Self.GetAsync();
    }

    [Fact]
    public async Task Keys_that_are_no_ids_make_no_entities()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        var token = await Attacker.SignInAsync(user.Credential);
        string[] keys = ["", "x", "usr_", $"{user.Id}x", $"{user.Id}/", app.Id.ToString(), new string('a', 10_000),
            "../../x", "installation", "\0"];
        foreach (var key in keys)
        {
            var id = GrainId.Create(GrainType.Create(GrainNames.User), IdSpan.Create(key));
            Assert.NotNull(await HostileClient.CallAsync(Attacker.Grain<IUserGrain>(id).GetAsync, token));
        }
        Assert.NotNull(await HostileClient.CallAsync(
            Attacker.Grain<IConsentGrain>(GrainId.Create(GrainNames.Consent, user.Id.ToString())).GetAsync, token));
        await user.Self.GetAsync();
    }

    /// <summary>A state is found by the key alone: a grain of another kind would store its own there.</summary>
    [Fact]
    public async Task A_grain_of_one_kind_takes_no_key_of_another()
    {
        var app = await RegisterAsync();
        var rotation = new RotationId(app.Id);
        var token = await Attacker.SignInAsync(cluster.OperatorCredential);
        var id = GrainId.Create(GrainNames.MasterRotation, rotation.ToString());

        Assert.NotNull(await HostileClient.CallAsync(Attacker.Grain<IMasterRotationGrain>(id).StartAsync, token));

        await app.Session.Get(rotation).GetAsync();
    }

    /// <summary>Of everything that the runtime itself offers, a client gets to know which grains there are.</summary>
    [Fact]
    public async Task Nothing_of_the_runtime_answers_a_client()
    {
        var user = await AddUserAsync(await RegisterAsync());
        await using var attacker = await cluster.ConnectAsync();
        var types = AppDomain.CurrentDomain.GetAssemblies()
            .Where(assembly => assembly.GetName().Name!.StartsWith("Orleans", StringComparison.Ordinal))
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type is { IsInterface: true, ContainsGenericParameters: false }
                && typeof(IAddressable).IsAssignableFrom(type) && Methods(type).Any())
            .ToList();
        var targets = SystemTargets().Select(attacker.SystemTarget)
            .Append(InternalGrain.GrainIdOf(user.Id))
            .Append(GrainId.Create("sys.management", "0"))
            .ToList();
        var answered = new HashSet<string>();
        var denied = new HashSet<string>();
        var calls = from type in types
            from method in Methods(type)
            where !IsOneWay(method)
            from target in targets
            select (type, method, target);
        var many = new ParallelOptions
        {
            MaxDegreeOfParallelism = 256, // what is no plain request waits in vain
            CancellationToken = TestContext.Current.CancellationToken,
        };
        // That comes last: it costs the connection, and whatever is under way on it stays without an answer.
        foreach (var kind in calls.GroupBy(call => IsPlain(call.method)).OrderByDescending(kind => kind.Key))
            await Parallel.ForEachAsync(kind, many, async (call, _) =>
            {
                var refusal = await HostileClient.CallAsync(
                    () => Call(attacker.Grain(call.type, call.target), call.method));
                lock (answered)
                {
                    if (refusal is null) answered.Add($"{call.type.Name}.{call.method.Name}");
                    if (refusal is SecureUserDataException { Code: ErrorCode.Denied }) denied.Add(call.type.Name);
                }
            });
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{types.Count} interfaces on {targets.Count} targets; denied: {string.Join(" ", denied.Order())}");
        HashSet<string> harmless =
        [
            "IClusterManifestSystemTarget.GetClusterManifest", "IClusterManifestSystemTarget.GetClusterManifestUpdate",
        ];
        Assert.Subset(harmless, answered); // on a busy machine not all have answered in time
        string[] dangerous = ["ISiloControl", "IRemindable", "ICatalog"];
        Assert.Superset(dangerous.ToHashSet(), denied);
        await user.Self.GetAsync();
    }

    private static IEnumerable<GrainType> SystemTargets() => AppDomain.CurrentDomain.GetAssemblies()
        .Select(assembly => assembly.GetType("Orleans.Runtime.Constants")).OfType<Type>()
        .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public))
        .Where(field => field.FieldType == typeof(GrainType)).Select(field => (GrainType)field.GetValue(null)!)
        .Where(type => SystemTargetGrainId.IsSystemTargetGrainId(GrainId.Create(type, "0")));

    private static bool IsOneWay(MethodInfo method) =>
        method.GetCustomAttributes().Any(attribute => attribute.GetType().Name == "OneWayAttribute")
        || method.ReturnType == typeof(void);

    /// <summary>Whether a request for it is one that the guard lets through.</summary>
    private static bool IsPlain(MethodInfo method) => !method.GetCustomAttributes().Any(
        attribute => attribute is AlwaysInterleaveAttribute or ReadOnlyAttribute);

    private static Type GrainOf(IEntityId id) => typeof(IEntityGrain).Assembly.GetTypes()
        .Single(type => type.GetCustomAttribute<GrainTypeAttribute>() is { } attribute
            && attribute.GetGrainType(null!, type) == InternalGrain.GrainIdOf(id).Type);

    private static IEnumerable<MethodInfo> Methods(Type type) => type.GetInterfaces().Append(type)
        .SelectMany(parent => parent.GetMethods())
        .Where(method => !method.IsStatic && !method.IsSpecialName && !method.IsGenericMethodDefinition
            && (method.ReturnType == typeof(Task) || method.ReturnType == typeof(ValueTask)
                || (method.ReturnType.IsGenericType
                    && (method.ReturnType.GetGenericTypeDefinition() == typeof(Task<>)
                        || method.ReturnType.GetGenericTypeDefinition() == typeof(ValueTask<>)))));

    private static Task FirstMethod(object grain) => Call(grain, Methods(typeof(IUserErasureGrain)).First());

    /// <summary>Calls a method with nothing in its arguments.</summary>
    private static async Task Call(object grain, MethodInfo method)
    {
        object? result;
        try
        {
            result = method.Invoke(grain, new object?[method.GetParameters().Length]);
        }
        catch (TargetInvocationException exception)
        {
            throw exception.InnerException!;
        }
        if (result is Task task) await task;
        else if (result is ValueTask plain) await plain;
        else await (Task)result!.GetType().GetMethod("AsTask")!.Invoke(result, null)!;
    }

    private static void AssertDenied(Exception? refusal) =>
        Assert.Equal(ErrorCode.Denied, Assert.IsType<SecureUserDataException>(refusal).Code);
}
