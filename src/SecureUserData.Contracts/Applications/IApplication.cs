namespace SecureUserData;

/// <summary>An application: it holds the key above its users' keys. Only the application itself may call it,
/// except <see cref="GetAsync"/>, which its users and scripts may call too.</summary>
public interface IApplication : IEntity
{
    /// <summary>What is registered about the application.</summary>
    Task<ApplicationView> GetAsync();

    /// <summary>Lists the application's users by id, in the order of their creation. <see cref="ILookUps"/> finds them
    /// by what they have.</summary>
    Task<Page<UserId>> ListUsersAsync(string? cursor = null, int limit = 100);

    /// <summary>Lists the application's scripts in the order of their registration.</summary>
    Task<Page<ScriptId>> ListScriptsAsync(string? cursor = null, int limit = 100);

    /// <summary>Who accessed what of the application's users: every reading and refused reading, those of one user
    /// oldest first.</summary>
    /// <param name="script">Only this script's; null for all.</param>
    /// <param name="cursor">Where to go on; null to begin. A page may be empty and still have a next one.</param>
    /// <param name="limit">At most this many entries, 1 to <see cref="Limits.PageItems"/>.</param>
    Task<Page<AccessLogEntry>> ListAccessesAsync(ScriptId? script = null, string? cursor = null, int limit = 100);

    /// <summary>All look-ups of the application's users (<see cref="ILookUps"/>), whatever part made them, those of one
    /// part oldest first: the names of fields, never values.</summary>
    /// <param name="cursor">Where to go on; null to begin. A page may be empty and still have a next one.</param>
    /// <param name="limit">At most this many entries, 1 to <see cref="Limits.PageItems"/>.</param>
    Task<Page<AccessLogEntry>> ListLookUpsAsync(string? cursor = null, int limit = 100);

    /// <summary>Sets how long the users' data is kept, in the place of all rules of before; on record in the
    /// application's own chain. What is over is erased at once, and then daily, see <see cref="IRetention"/>.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when a name or a period breaks a
    /// limit.</exception>
    Task SetRetentionAsync(RetentionRules rules);

    /// <summary>The application's own chain of the access log, oldest first.</summary>
    /// <param name="after">The sequence number of the last entry already seen; 0 to begin.</param>
    /// <param name="limit">At most this many entries, 1 to <see cref="Limits.PageItems"/>.</param>
    Task<IReadOnlyList<AccessLogEntry>> ReadLogAsync(long after = 0, int limit = 100);
}

/// <summary>What is registered about an application.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Settings">What it declared.</param>
/// <param name="RegisteredAt">When it was registered.</param>
/// <param name="KeyVersion">The version of its key in use.</param>
public sealed record ApplicationView(
    AppId Id, ApplicationSettings Settings, DateTimeOffset RegisteredAt, int KeyVersion);
