using System.Collections.Concurrent;
using System.Reflection;

namespace SecureUserData.Client;

/// <summary>A method of a contract, ready to be called. Every one returns <see cref="Task"/> or
/// <see cref="Task{TResult}"/>.</summary>
internal abstract class GrainMethod(MethodInfo method)
{
    private static readonly ConcurrentDictionary<MethodInfo, GrainMethod> Methods = new();

    protected MethodInvoker Invoker { get; } = MethodInvoker.Create(method);

    internal static GrainMethod Of(MethodInfo method) => Methods.GetOrAdd(method, static method =>
    {
        var result = method.ReturnType == typeof(Task) ? typeof(object) : method.ReturnType.GetGenericArguments()[0];
        return (GrainMethod)Activator.CreateInstance(typeof(GrainMethod<>).MakeGenericType(result), method)!;
    });

    internal abstract Task CallAsync(CallProxy through, object?[] arguments);
}

/// <typeparam name="T">The result; <see cref="object"/> for none.</typeparam>
internal sealed class GrainMethod<T>(MethodInfo method) : GrainMethod(method)
{
    internal override Task CallAsync(CallProxy through, object?[] arguments) => through.CallAsync(this, arguments);

    /// <summary>Calls it.</summary>
    /// <param name="target">What has the method: a reference to a grain, or an entity itself.</param>
    /// <param name="arguments">Its arguments.</param>
    internal Task<T> InvokeAsync(object target, object?[] arguments)
    {
        var task = (Task)Invoker.Invoke(target, arguments.AsSpan())!;
        return task as Task<T> ?? WithoutResultAsync(task);
    }

    private static async Task<T> WithoutResultAsync(Task task)
    {
        await task;
        return default!;
    }
}
