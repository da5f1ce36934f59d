namespace SecureUserData;

/// <summary>Names one entity. <see cref="object.ToString"/> is its stable text, unique over all kinds.</summary>
public interface IEntityId;

/// <summary>Names one entity and carries its contract, so that <c>session.Get(userId)</c> infers both types.</summary>
/// <typeparam name="TEntity">The contract of the entity, such as <see cref="IUser"/>.</typeparam>
public interface IEntityId<TEntity> : IEntityId where TEntity : class, IEntity;

/// <summary>The contract of an entity: every method is asynchronous and one call runs at a time.</summary>
public interface IEntity;
