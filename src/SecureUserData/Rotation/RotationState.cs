using System.Collections.Immutable;
using SecureUserData.Entities;

namespace SecureUserData.Rotation;

/// <summary>What is stored of the rotation of an application's keys: how far the run is.</summary>
public sealed record RotationState : IApplicationState
{
    /// <inheritdoc/>
    public required AppId App { get; init; }

    /// <summary>Which rotations begin by themselves.</summary>
    public RotationSchedule Schedule { get; init; } = new();

    /// <summary>The run under way.</summary>
    public RotationRun? Current { get; init; }

    /// <summary>Its step, an index into its plan.</summary>
    public int Step { get; init; }

    /// <summary>The parts of the sweep under way; default when none is.</summary>
    public ImmutableArray<SweepRange> Ranges { get; init; }

    /// <summary>How many the sweep under way has moved.</summary>
    public long Moved { get; init; }

    /// <summary>How many it has had to leave for later.</summary>
    public long Later { get; init; }

    /// <summary>Runs that have ended, newest first.</summary>
    public ImmutableArray<RotationRun> Past { get; init; } = [];
}

/// <summary>A part of a sweep: the users who carry a tag, from one id to another.</summary>
/// <param name="Tag">The tag.</param>
/// <param name="After">The last id that is done; empty before the first one.</param>
/// <param name="Through">The last id of the part.</param>
/// <param name="IsDone">Whether nobody is left.</param>
public sealed record SweepRange(string Tag, string After, string Through, bool IsDone);
