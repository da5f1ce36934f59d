namespace SecureUserData.Ports;

/// <summary>Where one activation of one entity keeps its state. It is never cleared: an end is a state too, because a
/// stale activation would bring a cleared one back.</summary>
public interface IStateSlot
{
    /// <summary>The stored state; null when there is none.</summary>
    ValueTask<StoredState?> LoadAsync();

    /// <summary>Stores the state durably, with its tags.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when the stored version is not the
    /// one before this.</exception>
    Task SaveAsync(StoredState state);
}
