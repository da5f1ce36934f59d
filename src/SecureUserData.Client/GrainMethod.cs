using System.Collections.Concurrent;
using System.Reflection;
using SecureUserData.Client.Wire;

namespace SecureUserData.Client;

/// <summary>A method of an entity's contract, ready to be called on a grain. Every one returns <see cref="Task"/> or
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

    internal abstract Task CallAsync(ClusterSession session, object grain, object?[] arguments);
}

/// <typeparam name="T">The result; <see cref="object"/> for none.</typeparam>
internal sealed class GrainMethod<T>(MethodInfo method) : GrainMethod(method)
{
    internal override Task CallAsync(ClusterSession session, object grain, object?[] arguments) =>
        RunAsync(session, grain, arguments);

    /// <summary>A token can end on its way; the call has not begun then, and is made once more with a new one.
    /// </summary>
    private async Task<T> RunAsync(ClusterSession session, object grain, object?[] arguments)
    {
        foreach (var argument in arguments) WellFormed.Demand(argument);
        var token = await session.TokenAsync();
        try
        {
            return await SendAsync(token, grain, arguments);
        }
        catch (Exception exception) when (ClusterErrors.IsSignInAgain(exception))
        {
            return await SendAsync(await session.RenewAsync(token), grain, arguments);
        }
    }

    private async Task<T> SendAsync(string token, object grain, object?[] arguments)
    {
        RequestContext.Set(CallHeaders.Caller, token); // ends with this method: it flows with the call only
        try
        {
            var task = (Task)Invoker.Invoke(grain, arguments.AsSpan())!;
            if (task is Task<T> answer) return await answer;
            await task;
            return default!;
        }
        catch (Exception exception)
        {
            throw ClusterErrors.Outward(exception);
        }
    }
}
