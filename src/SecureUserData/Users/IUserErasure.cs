using SecureUserData.Entities;

namespace SecureUserData.Users;

/// <summary>What an erasure asks of a user.</summary>
public interface IUserErasure : IEntityInternals
{
    /// <summary>What there is of the user, erased or not.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.NotFound"/> when there is no such
    /// user.</exception>
    Task<UserRemains> DescribeAsync();

    /// <summary>Puts the erasure on record and, with it, destroys the user's key and credential: whatever the key has
    /// sealed is unreadable from then on, for everybody. Doing it again does nothing.</summary>
    /// <param name="requestedBy">Who asked for it.</param>
    Task DestroyKeyAsync(string requestedBy);

    /// <summary>Removes fields, their tags and what points to decisions; the last step.</summary>
    Task RemoveFieldsAsync();
}

/// <summary>What there is of a user.</summary>
/// <param name="App">The user's application.</param>
/// <param name="ApplicationKeyVersion">The version of the application's key that wraps, or wrapped, the user's.</param>
/// <param name="Fields">Identifiable fields.</param>
/// <param name="EarlierValues">Earlier values of fields.</param>
/// <param name="UniqueKeys">Unique keys held.</param>
/// <param name="Decided">The scripts that the user has decided on.</param>
/// <param name="LogSequence">The number of the newest entry in the user's chain.</param>
/// <param name="Erased">The entry that announced the erasure; null when the user is not erased.</param>
public sealed record UserRemains(
    AppId App,
    int ApplicationKeyVersion,
    int Fields,
    int EarlierValues,
    int UniqueKeys,
    IReadOnlyList<ScriptId> Decided,
    long LogSequence,
    ErasedEntry? Erased);

/// <summary>The entry that announces an erasure in the user's chain.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Mac">Its MAC.</param>
public sealed record ErasedEntry(long Sequence, byte[] Mac);
