namespace SecureUserData.Ports;

/// <summary>Calls entities at a time; survives restarts.</summary>
public interface IWakeups
{
    /// <summary>Asks that an entity's <c>WakeAsync</c> be called at a time or soon after; null takes it back.</summary>
    /// <param name="entity">The text of the entity's id.</param>
    /// <param name="due">When.</param>
    Task SetAsync(string entity, DateTimeOffset? due);
}
