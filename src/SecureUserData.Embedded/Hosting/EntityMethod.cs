using System.Collections.Concurrent;
using System.Reflection;
using SecureUserData.Access;

namespace SecureUserData.Embedded.Hosting;

/// <summary>A method of an entity's contract, ready to be called. Every one returns <see cref="Task"/> or
/// <see cref="Task{TResult}"/>.</summary>
internal abstract class EntityMethod(MethodInfo method)
{
    private static readonly ConcurrentDictionary<MethodInfo, EntityMethod> Methods = new();

    protected MethodInvoker Invoker { get; } = MethodInvoker.Create(method);

    internal static EntityMethod Of(MethodInfo method) => Methods.GetOrAdd(method, static method =>
    {
        var result = method.ReturnType == typeof(Task) ? typeof(object) : method.ReturnType.GetGenericArguments()[0];
        return (EntityMethod)Activator.CreateInstance(typeof(EntityMethod<>).MakeGenericType(result), method)!;
    });

    internal abstract Task Call(EntityHost host, IEntityId id, ICallerSource source, object?[] arguments);
}

/// <typeparam name="T">The result; <see cref="object"/> for none.</typeparam>
internal sealed class EntityMethod<T>(MethodInfo method) : EntityMethod(method)
{
    internal override Task Call(EntityHost host, IEntityId id, ICallerSource source, object?[] arguments)
    {
        if (source.Current is not { } caller) return RenewAndCallAsync(host, id, source, arguments);
        return Send(host, id, arguments, caller, inside: source is Activation).Task;
    }

    internal Task Invoke(object entity, object?[] arguments) => (Task)Invoker.Invoke(entity, arguments.AsSpan())!;

    private async Task<T> RenewAndCallAsync(EntityHost host, IEntityId id, ICallerSource source, object?[] arguments)
    {
        return await Send(host, id, arguments, await source.RenewAsync(), inside: false).Task;
    }

    private Invocation<T> Send(EntityHost host, IEntityId id, object?[] arguments, Caller caller, bool inside)
    {
        var callers = inside ? null : host.Callers.Enter(EntityHost.KindOf(id).Rank);
        var invocation = new Invocation<T>(this, arguments, caller, inside, callers);
        host.Send(id, invocation, inside);
        return invocation;
    }
}
