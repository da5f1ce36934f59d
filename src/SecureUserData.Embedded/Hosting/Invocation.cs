using SecureUserData.Access;
using SecureUserData.Entities;

namespace SecureUserData.Embedded.Hosting;

/// <summary>One call that waits for its turn or has it.</summary>
internal abstract class Invocation(Caller caller)
{
    internal Caller Caller { get; } = caller;

    /// <summary>Where it runs.</summary>
    internal Activation? Activation { get; set; }

    internal abstract Task RunAsync(IActivation entity);

    internal abstract void Fail(Exception exception);

    /// <summary>What is not ours reaches a caller without its text, which can hold data.</summary>
    protected static SecureUserDataException Outward(Exception exception) => exception as SecureUserDataException
        ?? SecureUserDataException.Unavailable(
            "The call failed inside. Try again; if it stays so, ask an operator.", exception);
}

/// <summary>A call that a reference made.</summary>
internal sealed class Invocation<T>(EntityMethod<T> method, object?[] arguments, Caller caller) : Invocation(caller)
{
    // The caller goes on elsewhere, never on the entity's own turn.
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task<T> Task => _completion.Task;

    internal override async Task RunAsync(IActivation entity) =>
        _completion.SetResult(await method.InvokeAsync(entity, arguments));

    internal override void Fail(Exception exception) => _completion.SetException(Outward(exception));
}

/// <summary>A call by the engine itself.</summary>
internal sealed class EngineInvocation(Func<IActivation, Task> action) : Invocation(Caller.System)
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task Task => _completion.Task;

    internal override async Task RunAsync(IActivation entity)
    {
        await action(entity);
        _completion.SetResult();
    }

    internal override void Fail(Exception exception) => _completion.SetException(Outward(exception));
}
