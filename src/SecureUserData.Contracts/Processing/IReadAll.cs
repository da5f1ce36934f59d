namespace SecureUserData;

/// <summary>A script's reading of all users who allow it; for the script itself.</summary>
public interface IReadAll : IEntity
{
    /// <summary>Reads users in the order of their ids. Each one's decision counts as it is at the moment of the
    /// reading, and each reading is on record, durably, before anything is decrypted. Whoever does not allow it, or not
    /// all of it, is left out, and no refusal is put on record, since nothing was asked of that user.</summary>
    /// <param name="fields">What to read; in the scope of the script's version in force.</param>
    /// <param name="cursor">Where to go on: the id of the last user looked at; null to begin.</param>
    /// <param name="limit">At most this many users, 1 to <see cref="Limits.PageItems"/>.</param>
    /// <returns>At most <see cref="Limits.PageBytes"/> of values, or one user. A page may be empty and still have a
    /// next one. It ends before a user who cannot be read, and the next one then begins with that user.</returns>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/> when the fields are not all in the
    /// scope, or the script has a newer version than the session; <see cref="ErrorCode.Tampered"/> when the first user
    /// after the cursor does not authenticate, with the cursor that goes on after that user.</exception>
    Task<Page<UserReading>> ReadAsync(IReadOnlyList<string> fields, string? cursor = null, int limit = 100);
}

/// <summary>What a script has read of one user.</summary>
/// <param name="User">The user.</param>
/// <param name="Fields">The values of the selected fields; a field the user does not have is left out.</param>
public sealed record UserReading(UserId User, IReadOnlyDictionary<string, string> Fields);
