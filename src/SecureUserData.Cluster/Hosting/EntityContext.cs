using System.Collections.Frozen;
using System.Runtime.ExceptionServices;
using SecureUserData.Access;
using SecureUserData.Client.Grains;
using SecureUserData.Cluster.Grains;
using SecureUserData.Cluster.Security;
using SecureUserData.Entities;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Hosting;

/// <summary>What one activation has from its silo.</summary>
public sealed class EntityContext : IEntityContext
{
    private static readonly FrozenDictionary<Type, EntityKind> Kinds =
        EntityKind.All.ToFrozenDictionary(kind => kind.IdType);

    private readonly SiloDomain _domain;
    private readonly IEntityId _id;
    private bool _isBusy;
    private ExceptionDispatchInfo? _failure;

    internal EntityContext(IGrainContext grain, SiloDomain domain)
    {
        GrainContext = grain;
        _domain = domain;
        Name = grain.GrainId.Key.ToString()!;
        _id = EntityKind.ParseId(Name) ?? throw SecureUserDataException.NotFound("entity");
        Rank = Kinds[_id.GetType()].Rank;
    }

    /// <inheritdoc/>
    public Caller Caller { get; private set; } = Caller.Anonymous;

    internal IGrainContext GrainContext { get; }

    /// <summary>The text of the entity's id.</summary>
    internal string Name { get; }

    internal IStateSlot Slot => _domain.Services.Ports.Slot(Name);

    internal DomainServices Services => _domain.Services;

    internal ReminderWakeups Wakeups => _domain.Wakeups;

    /// <summary>Where the entity stands.</summary>
    internal Rank Rank { get; }

    internal bool IsUnloadRequested { get; private set; }

    internal TId Id<TId>() where TId : IEntityId => (TId)_id;

    /// <inheritdoc/>
    public TEntity Get<TEntity>(IEntityId<TEntity> id) where TEntity : class, IEntity
    {
        DemandDown(id);
        return GrainNames.Get(_domain.Grains, id);
    }

    /// <inheritdoc/>
    public TInternals Internal<TInternals>(IEntityId id) where TInternals : class, IEntityInternals
    {
        DemandDown(id);
        return InternalGrain.Get<TInternals>(_domain.Grains, id);
    }

    /// <inheritdoc/>
    public void RequestUnload()
    {
        if (IsUnloadRequested) return;
        IsUnloadRequested = true;
        GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "It asked to be."));
    }

    /// <inheritdoc/>
    public Task StepBackAsync() => _domain.Callers.StepBackAsync();

    /// <summary>What fails here is kept for the first call, which fails with it: the runtime would write its text,
    /// which can hold data, into the log and send it to whoever called.</summary>
    internal async Task ActivateAsync(Func<Task> activate)
    {
        try
        {
            await activate();
        }
        catch (Exception exception)
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
        }
    }

    /// <summary>Fails as the activation has failed. The next call begins anew.</summary>
    internal void DemandActive()
    {
        if (_failure is null) return;
        RequestUnload();
        _failure.Throw();
    }

    /// <summary>Has the entity write what is left to write. After a failure nothing is written any more: nobody knows
    /// what is stored.</summary>
    internal async Task UnloadAsync(Func<Task> unload)
    {
        if (IsUnloadRequested || _failure is not null) return;
        try
        {
            await unload();
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Unloading failed inside with {CallFilter.Kinds(exception)}.");
        }
    }

    /// <summary>Begins a call. One runs at a time; the runtime sees to that, but whoever sends a message can mark it as
    /// one that may run beside others.</summary>
    internal void Enter(Caller caller)
    {
        if (_isBusy) throw SecureUserDataException.Denied("Calls of one entity run one after the other.");
        _isBusy = true;
        Caller = caller;
    }

    internal void Leave()
    {
        _isBusy = false;
        Caller = Caller.Anonymous;
    }

    private void DemandDown(IEntityId target)
    {
        if (Kinds[target.GetType()].Rank <= Rank)
            throw new InvalidOperationException($"{Name} may not call {target}: calls go down only.");
    }
}
