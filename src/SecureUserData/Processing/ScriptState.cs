using System.Collections.Immutable;
using SecureUserData.Entities;

namespace SecureUserData.Processing;

/// <summary>What is stored of a script.</summary>
public sealed record ScriptState : IApplicationState
{
    /// <inheritdoc/>
    public required AppId App { get; init; }

    /// <summary>The verifier of its credential.</summary>
    public required byte[] Verifier { get; init; }

    /// <summary>Its versions; the first is version 1.</summary>
    public required ImmutableArray<ScriptVersionState> Versions { get; init; }
}

/// <summary>One version of a script.</summary>
/// <param name="Text">What it tells the users.</param>
/// <param name="RegisteredAt">When it was registered.</param>
public sealed record ScriptVersionState(ScriptText Text, DateTimeOffset RegisteredAt)
{
    /// <summary>What it tells the users. One that was stored before there were masks has none.</summary>
    public ScriptText Text { get; init; } = Text.Masks is null ? Text with { Masks = MaskScope.None } : Text;
}
