namespace SecureUserData;

/// <summary>What happens, as it happens, for whoever asks: a user follows the own log, an application what is done with
/// its users' data and its own rotations, an operator the installation's log. All of it stands in the access log, and
/// who was away finds it there. See <see cref="SessionExtensions.FollowAsync"/>.</summary>
public interface IFollower : IEntity
{
    /// <summary>What comes after a cursor: at once when there is something, otherwise as soon as there is.</summary>
    /// <param name="cursor">The cursor of the events before; <see cref="Events.Beginning"/> for all there is; null for
    /// what happens from now on.</param>
    /// <param name="limit">At most so many, 1 to <see cref="Limits.PageItems"/>.</param>
    /// <param name="wait">How long it waits for something to happen, at most <see cref="Limits.FollowSeconds"/>; zero
    /// unless it is said. It may return earlier.</param>
    /// <returns>The events, oldest first; none when nothing has happened.</returns>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/> for scripts;
    /// <see cref="ErrorCode.Erased"/> for a user who is erased.</exception>
    Task<Events> NextAsync(string? cursor, int limit = 100, TimeSpan wait = default);
}

/// <summary>What has happened.</summary>
/// <param name="Items">The entries of the access log, oldest first.</param>
/// <param name="Cursor">What to pass for what comes after; it can be kept.</param>
public sealed record Events(IReadOnlyList<AccessLogEntry> Items, string Cursor)
{
    /// <summary>The cursor before everything.</summary>
    public const string Beginning = "0";
}
