using System.Collections.Immutable;
using SecureUserData.Entities;

namespace SecureUserData.Retention;

/// <summary>What is stored of an application's retention: how far its run is.</summary>
public sealed record RetentionState : IApplicationState
{
    /// <inheritdoc/>
    public required AppId App { get; init; }

    /// <summary>The last run that has come to its end.</summary>
    public RetentionRun? Last { get; init; }

    /// <summary>The run under way.</summary>
    public RetentionRun? Current { get; init; }

    /// <summary>The rules that the run under way, or the last one, began with, in names.</summary>
    public ImmutableArray<string> Rules { get; init; } = [];

    /// <summary>Where the run under way goes on (see <see cref="UserWalk"/>).</summary>
    public string? Cursor { get; init; }

    /// <summary>Whether something that was erased, or was about to be, may be in the store's files still.</summary>
    public bool IsPurgeDue { get; init; }

    /// <summary>When the next run begins.</summary>
    public DateTimeOffset? Next { get; init; }
}
