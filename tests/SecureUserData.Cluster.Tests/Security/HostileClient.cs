using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Metadata;
using Orleans.Serialization.Invocation;
using SecureUserData.Client;
using SecureUserData.Client.Grains;
using SecureUserData.Client.Wire;

namespace SecureUserData.Cluster.Tests.Security;

/// <summary>Somebody who has a connection to a gateway and knows the runtime from within. Messages are made through
/// reflection, with whatever the runtime's own client would not say.</summary>
/// <param name="client">The runtime's client.</param>
/// <param name="silo">The silo whose parts are called.</param>
/// <param name="own">The client's host, where the client is the attacker's alone.</param>
internal sealed class HostileClient(IClusterClient client, SiloAddress silo, IHost? own = null) : IAsyncDisposable
{
    private static readonly Assembly Core = typeof(ClientBuilder).Assembly;

    /// <summary>Calls with headers of the attacker's choice.</summary>
    internal static async Task<Exception?> CallAsync(Func<Task> call, string? caller = null, string? siloToken = null)
    {
        Set(CallHeaders.Caller, caller);
        Set(CallHeaders.Silo, siloToken);
        return await Xunit.Record.ExceptionAsync(() => call().WaitAsync(TimeSpan.FromSeconds(30)));
    }

    /// <summary>The same client, as an application uses it.</summary>
    internal SecureUserDataClient Engine(TimeProvider time) => new(client, time);

    internal T Grain<T>(GrainId id) where T : IAddressable => client.GetGrain<T>(id);

    /// <summary>A reference to any interface that the runtime has a proxy for.</summary>
    internal object Grain(Type type, GrainId id)
    {
        var types = client.ServiceProvider.GetRequiredService<GrainInterfaceTypeResolver>();
        return client.ServiceProvider.GetRequiredService<IGrainFactory>()
            .GetGrain(id, types.GetGrainInterfaceType(type));
    }

    /// <summary>A part of the runtime in the first silo.</summary>
    internal GrainId SystemTarget(GrainType type) => SystemTargetGrainId.Create(type, silo).GrainId;

    internal ISignInGrain Door => GrainNames.GetSignIn(client);

    internal async Task<string> SignInAsync(Credential credential) => (await Door.SignInAsync(credential)).Token;

    /// <summary>The request that a call would send.</summary>
    internal static async Task<IInvokable> CaptureAsync(Func<Task> call)
    {
        IInvokable? request = null;
        SentCalls.Hook = captured =>
        {
            request = captured;
            return false;
        };
        try
        {
            await Assert.ThrowsAsync<NotSentException>(call);
        }
        finally
        {
            SentCalls.Hook = null;
        }
        return request!;
    }

    /// <summary>Sends a message of one's own making, and does not wait for an answer.</summary>
    internal void Send(GrainId target, Type type, IInvokable request, Action<object> forge)
    {
        var services = client.ServiceProvider;
        var factory = services.GetRequiredService(Core.GetType("Orleans.Runtime.MessageFactory", true)!);
        var message = factory.GetType().GetMethod("CreateMessage")!
            .Invoke(factory, [request, default(Orleans.CodeGeneration.InvokeMethodOptions)])!;
        Set(message, "TargetGrain", target);
        var interfaces = services.GetRequiredService<GrainInterfaceTypeResolver>();
        Set(message, "InterfaceType", interfaces.GetGrainInterfaceType(type));
        Set(message, "SendingGrain", GrainId.Create("sys.client", "attacker"));
        forge(message);
        var center = services.GetRequiredService(Core.GetType("Orleans.Messaging.ClientMessageCenter", true)!);
        center.GetType().GetMethod("SendMessage")!.Invoke(center, [message]);
    }

    /// <summary>Sets a property of a message; an enumeration by its name.</summary>
    internal static void Set(object message, string name, object value)
    {
        var property = message.GetType().GetProperty(name, BindingFlags.Instance | BindingFlags.Public)!;
        property.SetValue(
            message, property.PropertyType.IsEnum ? Enum.Parse(property.PropertyType, (string)value) : value);
    }

    public async ValueTask DisposeAsync()
    {
        if (own is null) return;
        await own.StopAsync();
        own.Dispose();
    }

    private static void Set(string header, string? value)
    {
        if (value is null) RequestContext.Remove(header);
        else RequestContext.Set(header, value);
    }
}

/// <summary>Sees the requests that the client is about to send; a hook that answers false keeps one back.</summary>
internal sealed class SentCalls : IOutgoingGrainCallFilter
{
    private static readonly AsyncLocal<Func<IInvokable, bool>?> Current = new();

    internal static Func<IInvokable, bool>? Hook
    {
        get => Current.Value;
        set => Current.Value = value;
    }

    public Task Invoke(IOutgoingGrainCallContext context) =>
        Hook is { } hook && !hook(context.Request) ? throw new NotSentException() : context.Invoke();
}

internal sealed class NotSentException : Exception;
