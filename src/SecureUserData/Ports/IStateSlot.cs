namespace SecureUserData.Ports;

/// <summary>Where one activation of one entity keeps its state. It is never cleared: an end is a state too, because a
/// stale activation would bring a cleared one back.</summary>
public interface IStateSlot
{
    /// <summary>The stored state; null when there is none.</summary>
    ValueTask<StoredState?> LoadAsync();

    /// <summary>Stores the state durably, with its tags.</summary>
    /// <param name="state">The state.</param>
    /// <param name="announcement">A row that is appended to the access log in the same commit, or durably before the
    /// state where the store cannot do that: the state is never there without it.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when the stored version is not the
    /// one before this, or the row is not the next of its chain.</exception>
    Task SaveAsync(StoredState state, LogRow? announcement = null);
}
