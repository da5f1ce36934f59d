using System.Collections.Immutable;

namespace SecureUserData.Rotation;

/// <summary>What is stored of the rotation of the master key.</summary>
public sealed record MasterRotationState
{
    /// <summary>The run under way.</summary>
    public RotationRun? Current { get; init; }

    /// <summary>Runs that have ended, newest first.</summary>
    public ImmutableArray<RotationRun> Past { get; init; } = [];
}
