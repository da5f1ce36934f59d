namespace SecureUserData;

/// <summary>How an application's rotation stands.</summary>
/// <param name="Current">The run under way; null when there is none.</param>
/// <param name="Past">Earlier runs, newest first, at most <see cref="Limits.RotationsKept"/>.</param>
/// <param name="Keys">The application's keys that open something, newest first of each kind.</param>
/// <param name="Schedule">Which rotations begin by themselves.</param>
public sealed record RotationReport(
    RotationRun? Current,
    IReadOnlyList<RotationRun> Past,
    IReadOnlyList<KeyVersion> Keys,
    RotationSchedule Schedule);

/// <summary>How the rotation of the master key stands.</summary>
/// <param name="Current">The run under way; null when there is none.</param>
/// <param name="Past">Earlier runs, newest first, at most <see cref="Limits.RotationsKept"/>.</param>
/// <param name="Ring">The versions in the ring, newest first.</param>
/// <param name="Removable">Versions in the ring that nothing needs any more: they may leave it.</param>
public sealed record MasterRotationReport(
    RotationRun? Current, IReadOnlyList<RotationRun> Past, IReadOnlyList<int> Ring, IReadOnlyList<int> Removable);

/// <summary>One version of a key.</summary>
/// <param name="Kind">Which key.</param>
/// <param name="Version">Its version, from 1.</param>
/// <param name="MadeAt">When it was made.</param>
public sealed record KeyVersion(KeyKind Kind, int Version, DateTimeOffset MadeAt);

/// <summary>Which rotations begin by themselves.</summary>
public sealed record RotationSchedule
{
    /// <summary>The age at which an application's key is rotated; null for never.</summary>
    public TimeSpan? ApplicationKey { get; init; } = TimeSpan.FromDays(90);

    /// <summary>The age at which the users' keys are rotated; null for never. A user's key that comes near the number
    /// of encryptions that is safe (NIST SP 800-38D §8.3) is rotated in any case.</summary>
    public TimeSpan? UserKeys { get; init; }
}

/// <summary>Why a run was started.</summary>
public enum RotationReason
{
    /// <summary>Somebody asked for it.</summary>
    Asked = 0,

    /// <summary>The key was as old as the schedule allows.</summary>
    Age = 1,

    /// <summary>Keys have encrypted nearly as often as is safe.</summary>
    Use = 2,
}

/// <summary>What a run is at.</summary>
public enum RotationPhase
{
    /// <summary>It makes the new version.</summary>
    Starting = 0,

    /// <summary>It moves whoever is on an old version.</summary>
    Moving = 1,

    /// <summary>It waits, because a process could still work with what it has read before.</summary>
    Waiting = 2,

    /// <summary>It looks once more for whoever is on an old version.</summary>
    Scanning = 3,

    /// <summary>It destroys the old versions and removes what they have left.</summary>
    Destroying = 4,

    /// <summary>It has come to its end.</summary>
    Finished = 5,

    /// <summary>It was ended before.</summary>
    Cancelled = 6,
}

/// <summary>One run of a rotation.</summary>
/// <param name="Key">Which key.</param>
/// <param name="From">The version that was in use before; 0 for the users' keys, which have versions of their
/// own.</param>
/// <param name="To">The version in use since; 0 for the users' keys.</param>
/// <param name="By">Who started it: the text of an id.</param>
/// <param name="Reason">Why.</param>
/// <param name="Started">When.</param>
public sealed record RotationRun(
    KeyKind Key, int From, int To, string By, RotationReason Reason, DateTimeOffset Started)
{
    /// <summary>What it is at.</summary>
    public RotationPhase Phase { get; init; }

    /// <summary>Whether it rests until somebody resumes it.</summary>
    public bool IsPaused { get; init; }

    /// <summary>How many it has to look at in this phase.</summary>
    public long Total { get; init; }

    /// <summary>How many it has looked at in this phase.</summary>
    public long Done { get; init; }

    /// <summary>How many it has moved, over all phases: users, or applications under the master key.</summary>
    public long Moved { get; init; }

    /// <summary>How many could not be moved in this phase. The run tries them again; until then nothing that they need
    /// is destroyed.</summary>
    public long Failed { get; init; }

    /// <summary>Some of those that could not be moved, by id.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    /// <summary>Whether a process of the engine could not be told of the keys. The run asks again, and does not go on
    /// before.</summary>
    public bool IsProcessMissing { get; init; }

    /// <summary>When it goes on; null while it is at work.</summary>
    public DateTimeOffset? GoesOn { get; init; }

    /// <summary>When it came to its end; null while it is under way.</summary>
    public DateTimeOffset? Ended { get; init; }
}
