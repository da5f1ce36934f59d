namespace SecureUserData;

/// <summary>One part of an application's look-ups of its users; for the application itself. Each part has a chain of
/// its own in the access log, so that look-ups in different parts do not wait for each other, and all parts answer
/// alike: <see cref="SessionExtensions.FindUsersAsync"/> takes any.</summary>
public interface ILookUps : IEntity
{
    /// <summary>Looks users up by an indexed or unique field. The look-up is on record before it answers.</summary>
    /// <param name="field">A field that the application declared unique or indexed.</param>
    /// <param name="value">The value, in any case and Unicode form.</param>
    /// <param name="cursor">Where to go on, in whatever part; null to begin.</param>
    /// <param name="limit">At most this many users, 1 to <see cref="Limits.PageItems"/>.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when the field is not
    /// indexed.</exception>
    Task<Page<UserId>> FindUsersAsync(string field, string value, string? cursor = null, int limit = 100);

    /// <summary>The part's own chain of the access log, oldest first; see
    /// <see cref="IApplication.ListLookUpsAsync"/> for all parts together.</summary>
    /// <param name="after">The sequence number of the last entry already seen; 0 to begin.</param>
    /// <param name="limit">At most this many entries, 1 to <see cref="Limits.PageItems"/>.</param>
    Task<IReadOnlyList<AccessLogEntry>> ReadLogAsync(long after = 0, int limit = 100);
}
