using SecureUserData.Access;
using SecureUserData.Entities;

namespace SecureUserData.Embedded.Hosting;

/// <summary>An entity in memory: loaded on its first call, called one at a time, unloaded when idle or when it
/// asks.</summary>
internal sealed class Activation(EntityHost host, EntityKind kind, IEntityId id)
    : TurnScheduler, IEntityContext, ICallerSource
{
    private readonly Lock _gate = new();
    private Queue<Invocation>? _waiting;
    private Invocation? _current;
    private bool _unloadRequested;
    private bool _retired;

    internal IEntityId EntityId => id;

    /// <summary>The entity, once it is loaded.</summary>
    internal IActivation? Entity { get; private set; }

    internal long LastUsed { get; private set; }

    /// <summary>What goes over many entities calls several at a time, and they would have to share its
    /// thread.</summary>
    protected override bool Nests => kind.Rank > Rank.Overview;

    public Caller Caller { get; private set; } = Caller.Anonymous;

    Caller ICallerSource.Current => Caller;

    Task<Caller> ICallerSource.RenewAsync() => Task.FromResult(Caller);

    public TEntity Get<TEntity>(IEntityId<TEntity> target) where TEntity : class, IEntity => Reference<TEntity>(target);

    public TInternals Internal<TInternals>(IEntityId target) where TInternals : class, IEntityInternals =>
        Reference<TInternals>(target);

    public void RequestUnload() => _unloadRequested = true;

    public Task StepBackAsync() => host.Callers.StepBackAsync();

    /// <summary>Gives a call its turn or its place in the queue; false when this activation has ended.</summary>
    internal bool TryPost(Invocation invocation)
    {
        lock (_gate)
        {
            if (_retired) return false;
            LastUsed = host.Time.GetTimestamp();
            if (_current is not null)
            {
                (_waiting ??= new()).Enqueue(invocation);
                return true;
            }
            _current = invocation;
        }
        Start(invocation);
        return true;
    }

    /// <summary>Unloads the entity unless a call is under way or it was used since.</summary>
    internal Task UnloadIfIdleAsync(long usedBefore)
    {
        var unload = new EngineInvocation(UnloadAsync);
        lock (_gate)
        {
            if (_retired || _current is not null || LastUsed >= usedBefore) return Task.CompletedTask;
            _current = unload;
        }
        Start(unload);
        return unload.Task;
    }

    /// <summary>Unloads the entity after the calls that are waiting; null when it has ended already.</summary>
    internal Task? UnloadAfterCalls()
    {
        var unload = new EngineInvocation(UnloadAsync);
        return TryPost(unload) ? unload.Task : null;
    }

    private async Task UnloadAsync(IActivation entity)
    {
        _unloadRequested = true;
        await entity.UnloadAsync();
    }

    /// <summary>Loads the entity.</summary>
    internal async Task<IActivation> ActivateAsync()
    {
        var entity = kind.Create(id, host.Services.Ports, this, host.Services);
        try
        {
            await entity.ActivateAsync();
            return Entity = entity;
        }
        catch
        {
            entity.Dispose();
            _unloadRequested = true; // the next call begins anew
            throw;
        }
    }

    /// <summary>Ends a call's turn: the next one has it, or the entity is unloaded.</summary>
    internal void EndTurn()
    {
        Invocation? next = null;
        Queue<Invocation>? left = null;
        lock (_gate)
        {
            if (_unloadRequested)
            {
                _retired = true;
                left = _waiting;
            }
            else
            {
                _waiting?.TryDequeue(out next);
                _current = next;
            }
        }
        if (_unloadRequested)
        {
            Entity?.Dispose();
            host.Remove(this);
            foreach (var waiting in left ?? []) host.Send(id, waiting, inside: true);
        }
        else if (next is not null)
        {
            Start(next);
        }
    }

    private void Start(Invocation invocation) => Task.Factory.StartNew(
        static state =>
        {
            var activation = (Activation)state!;
            var invocation = activation._current!;
            activation.Caller = invocation.Caller;
            return invocation.RunAsync(activation);
        },
        this,
        CancellationToken.None,
        TaskCreationOptions.DenyChildAttach,
        this);

    private T Reference<T>(IEntityId target) where T : class
    {
        if (EntityHost.KindOf(target).Rank <= kind.Rank)
            throw new InvalidOperationException(
                $"{kind.Contract.Name} may not call {EntityHost.KindOf(target).Contract.Name}: calls go down only.");
        return EntityProxy.Create<T>(host, target, this);
    }
}
