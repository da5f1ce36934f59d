using SecureUserData.Access;
using SecureUserData.Entities;

namespace SecureUserData.Embedded.Hosting;

/// <summary>One call that waits for its turn or has it.</summary>
internal abstract class Invocation(Caller caller)
{
    internal Caller Caller { get; } = caller;

    /// <summary>Runs it on an activation whose turn it has, which it gives up before it tells its caller.</summary>
    internal abstract Task RunAsync(Activation activation);

    internal abstract void Fail(Exception exception);

    /// <summary>What is not ours reaches a caller without its text, which can hold data.</summary>
    protected static SecureUserDataException Outward(Exception exception) => exception as SecureUserDataException
        ?? SecureUserDataException.Unavailable(
            "The call failed inside. Try again; if it stays so, ask an operator.", exception);
}

/// <summary>A call that a reference made.</summary>
/// <param name="method">The method.</param>
/// <param name="arguments">Its arguments.</param>
/// <param name="caller">Who calls.</param>
/// <param name="inside">Whether an entity calls: it may go on in the same thread, and a client never does.</param>
/// <param name="callers">Counts it as long as it is under way; null where it is not counted.</param>
internal sealed class Invocation<T>(
    EntityMethod<T> method, object?[] arguments, Caller caller, bool inside, CallersUnderWay? callers)
    : Invocation(caller)
{
    private readonly TaskCompletionSource<T> _completion = new(
        inside ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task<T> Task => _completion.Task;

    internal override async Task RunAsync(Activation activation)
    {
        T result;
        try
        {
            var entity = activation.Entity ?? await activation.ActivateAsync();
            var task = method.Invoke(entity, arguments);
            if (task is Task<T> answer) result = await answer;
            else
            {
                await task;
                result = default!;
            }
        }
        catch (Exception exception)
        {
            activation.EndTurn();
            Fail(exception);
            return;
        }
        activation.EndTurn();
        callers?.Leave();
        _completion.SetResult(result);
    }

    internal override void Fail(Exception exception)
    {
        callers?.Leave();
        _completion.SetException(Outward(exception));
    }
}

/// <summary>A call by the engine itself.</summary>
internal sealed class EngineInvocation(Func<IActivation, Task> action) : Invocation(Caller.System)
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task Task => _completion.Task;

    internal override async Task RunAsync(Activation activation)
    {
        try
        {
            await action(activation.Entity ?? await activation.ActivateAsync());
        }
        catch (Exception exception)
        {
            activation.EndTurn();
            Fail(exception);
            return;
        }
        activation.EndTurn();
        _completion.SetResult();
    }

    internal override void Fail(Exception exception) => _completion.SetException(Outward(exception));
}
