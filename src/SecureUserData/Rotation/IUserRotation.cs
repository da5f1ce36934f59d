using SecureUserData.Entities;

namespace SecureUserData.Rotation;

/// <summary>What a sweep asks of a user. Each step can be done again, and does nothing where nothing is to be
/// done.</summary>
public interface IUserRotation : IEntityInternals
{
    /// <summary>Wraps the user's key under the newest version of the application's.</summary>
    Task<SweepStep> RewrapAsync();

    /// <summary>Makes the user a new key and encrypts everything again: one bounded part of it.</summary>
    /// <param name="since">A key that was made at this time or later is new enough.</param>
    /// <param name="by">Who asked for it.</param>
    Task<SweepStep> RekeyAsync(DateTimeOffset since, string by);

    /// <summary>Destroys the keys before the user's newest when nothing is under them any more: one bounded part of it.
    /// </summary>
    Task<SweepStep> DestroyOlderKeysAsync();

    /// <summary>Brings the index tags to the versions of the index key that are there.</summary>
    Task<SweepStep> ReindexAsync();
}

/// <summary>What one step of a sweep has come to.</summary>
public enum SweepStep
{
    /// <summary>There was nothing to do.</summary>
    Nothing,

    /// <summary>It is done.</summary>
    Moved,

    /// <summary>A part is done: ask again at once.</summary>
    More,

    /// <summary>It cannot be done yet: ask again later.</summary>
    Later,
}
