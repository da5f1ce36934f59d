using System.Collections.Immutable;
using SecureUserData.Entities;

namespace SecureUserData.Consents;

/// <summary>What is stored of a consent once something was decided.</summary>
public sealed record ConsentState : IApplicationState
{
    /// <inheritdoc/>
    public required AppId App { get; init; }

    /// <summary>The purpose that the newest decision is about; it stands in the log at every reading.</summary>
    public required string Purpose { get; init; }

    /// <summary>The decisions, oldest first; the last one is in force. None once it is erased.</summary>
    public required ImmutableArray<ConsentDecision> Decisions { get; init; }

    /// <summary>Whether the user was erased, and with the user all decisions.</summary>
    public bool IsErased { get; init; }

    /// <summary>The tag of all consents that are given to a script.</summary>
    internal static string GivenTag(ScriptId script) => $"given/{script}";
}
