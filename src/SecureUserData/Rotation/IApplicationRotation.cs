using SecureUserData.Applications;
using SecureUserData.Entities;

namespace SecureUserData.Rotation;

/// <summary>What a rotation asks of an application. Each step can be done again.</summary>
public interface IApplicationRotation : IEntityInternals
{
    /// <summary>The keys as they are stored, and how old the first ones are.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.NotFound"/>.</exception>
    Task<ApplicationKeyState> DescribeKeysAsync();

    /// <summary>All scripts of the application.</summary>
    Task<IReadOnlyList<ScriptId>> ListAllScriptsAsync();

    /// <summary>Makes the version that a run leads to, unless it is there. It opens, and nothing is sealed under it
    /// yet.</summary>
    Task AnnounceKeyVersionAsync(RotationRun run);

    /// <summary>Lets everything be sealed under the version that a run leads to, on record.</summary>
    Task UseKeyVersionAsync(RotationRun run);

    /// <summary>Lets look-ups go by the version of the index key that a run leads to, on record.</summary>
    Task SwitchIndexAsync(RotationRun run);

    /// <summary>Destroys the versions before the one that a run leads to, on record.</summary>
    Task DestroyKeyVersionsAsync(RotationRun run);

    /// <summary>Puts something about the application's rotation on record.</summary>
    /// <param name="by">Who did it.</param>
    /// <param name="activity">What it is.</param>
    /// <param name="names">About what.</param>
    /// <param name="count">How many were moved.</param>
    Task RecordAsync(string by, Activity activity, IReadOnlyList<string> names, long count);

    /// <summary>Wraps the application's keys, and seals its state, under a version of the master key.</summary>
    /// <returns>Whether they were not.</returns>
    Task<bool> RewrapAsync(int masterVersion);
}

/// <summary>An application's keys.</summary>
/// <param name="Keys">The keys.</param>
/// <param name="RegisteredAt">When the application was registered, and its first keys were made.</param>
public sealed record ApplicationKeyState(WrappedKeys Keys, DateTimeOffset RegisteredAt)
{
    /// <summary>When the version of a key that is in use was made.</summary>
    internal DateTimeOffset MadeAt(string purpose) => Keys.MadeAt(purpose) ?? RegisteredAt;
}
