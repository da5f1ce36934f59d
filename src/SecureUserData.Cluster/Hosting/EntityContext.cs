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
    private readonly SemaphoreSlim _turn = new(1);
    private bool _isKnown; // to others on this silo
    private bool _isGone;
    private ExceptionDispatchInfo? _failure;

    internal EntityContext(IGrainContext grain, SiloDomain domain)
    {
        GrainContext = grain;
        _domain = domain;
        Name = grain.GrainId.Key.ToString()!;
        _id = EntityKind.ParseId(Name) ?? throw SecureUserDataException.NotFound("entity");
        if (InternalGrain.GrainIdOf(_id) != grain.GrainId) throw SecureUserDataException.NotFound("entity");
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
        return Reference(id, GrainNames.Get(_domain.Grains, id));
    }

    /// <inheritdoc/>
    public TInternals Internal<TInternals>(IEntityId id) where TInternals : class, IEntityInternals
    {
        DemandDown(id);
        return Reference(id, InternalGrain.Get<TInternals>(_domain.Grains, id));
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

    /// <summary>Has the entity write what is left to write, after the call that has the turn. After a failure nothing
    /// is written any more: nobody knows what is stored.</summary>
    internal async Task UnloadAsync(Func<Task> unload)
    {
        await _turn.WaitAsync();
        try
        {
            if (_isGone || IsUnloadRequested || _failure is not null) return;
            await unload();
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Unloading failed inside with {CallFilter.Kinds(exception)}.");
        }
        finally
        {
            _isGone = true;
            _domain.Active.TryRemove(KeyValuePair.Create(GrainContext.GrainId, this));
            _turn.Release();
        }
    }

    /// <summary>Waits for the turn, and begins a call. One call has it at a time: the runtime's, and others' on this
    /// silo that are nested in one of their own.</summary>
    /// <returns>False when the entity is leaving: the call is to be made again, and finds the next activation.
    /// </returns>
    /// <exception cref="SecureUserDataException">The activation has failed; the next call begins anew.</exception>
    internal async ValueTask<bool> TryEnterAsync(Caller caller)
    {
        if (!_turn.Wait(0)) await _turn.WaitAsync();
        if (_failure is null && !_isGone && !IsUnloadRequested)
        {
            Caller = caller;
            return true;
        }
        _turn.Release();
        if (_failure is null) return false;
        RequestUnload();
        _failure.Throw();
        return false;
    }

    /// <summary>Begins a call of the runtime's. From the first one on, others on this silo may nest theirs: the runtime
    /// calls what is active, and unloads what it has called.</summary>
    /// <returns>As <see cref="TryEnterAsync"/>.</returns>
    internal async ValueTask<bool> TryBeginAsync(Caller caller)
    {
        if (!await TryEnterAsync(caller)) return false;
        if (!_isKnown) _domain.Active[GrainContext.GrainId] = this;
        _isKnown = true;
        return true;
    }

    internal void Leave()
    {
        Caller = Caller.Anonymous;
        _turn.Release();
    }

    private TContract Reference<TContract>(IEntityId id, TContract grain) where TContract : class =>
        SiloReference.Create(_domain, InternalGrain.GrainIdOf(id), grain, this);

    private void DemandDown(IEntityId target)
    {
        if (Kinds[target.GetType()].Rank <= Rank)
            throw new InvalidOperationException($"{Name} may not call {target}: calls go down only.");
    }
}
