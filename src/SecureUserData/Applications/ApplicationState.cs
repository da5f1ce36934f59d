using System.Collections.Immutable;

namespace SecureUserData.Applications;

/// <summary>What is stored of an application.</summary>
public sealed record ApplicationState
{
    /// <summary>Its wrapped keys and what it declared.</summary>
    public required WrappedKeys Keys { get; init; }

    /// <summary>The verifier of its credential.</summary>
    public required byte[] Verifier { get; init; }

    /// <summary>When it was registered.</summary>
    public required DateTimeOffset RegisteredAt { get; init; }

    /// <summary>Its scripts, in the order of their registration.</summary>
    public ImmutableArray<AnnouncedScript> Scripts { get; init; } = [];

    /// <summary>The last entry of the own chain that this state has in it.</summary>
    public long LastSequence { get; init; }
}

/// <summary>A script and the version last announced.</summary>
/// <param name="Id">The script.</param>
/// <param name="Version">The version.</param>
public sealed record AnnouncedScript(ScriptId Id, int Version);
