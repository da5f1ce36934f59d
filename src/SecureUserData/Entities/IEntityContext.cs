using SecureUserData.Access;

namespace SecureUserData.Entities;

/// <summary>What an engine gives to one activation of an entity.</summary>
public interface IEntityContext
{
    /// <summary>Who makes the call that runs now.</summary>
    Caller Caller { get; }

    /// <summary>Another entity's public contract, called on behalf of the same caller.</summary>
    /// <exception cref="InvalidOperationException">The call would go up (see <see cref="Rank"/>).</exception>
    TEntity Get<TEntity>(IEntityId<TEntity> id) where TEntity : class, IEntity;

    /// <summary>Another entity's internal contract, which no client reaches.</summary>
    /// <exception cref="InvalidOperationException">The call would go up (see <see cref="Rank"/>).</exception>
    TInternals Internal<TInternals>(IEntityId id) where TInternals : class, IEntityInternals;

    /// <summary>Unloads this activation after the call that runs now, as after a failure: without
    /// <see cref="IActivation.UnloadAsync"/>. The next call makes a new one from what is stored.</summary>
    void RequestUnload();

    /// <summary>Lets others' calls go first, for a moment at the most; for what goes over everybody and has
    /// time.</summary>
    Task StepBackAsync();
}

/// <summary>A contract that only entities and the engine may call.</summary>
public interface IEntityInternals;
