using System.Collections.Immutable;
using SecureUserData.Entities;

namespace SecureUserData.Erasures;

/// <summary>What is stored of an erasure once it was requested. It holds numbers and no data.</summary>
public sealed record ErasureState : IApplicationState
{
    /// <inheritdoc/>
    public required AppId App { get; init; }

    /// <summary>Who asked for it.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>What there was when the user's key had been destroyed; empty before.</summary>
    public ImmutableArray<ErasedItems> Removed { get; init; } = [];

    /// <summary>The certificate; null until everything is removed.</summary>
    public string? Certificate { get; init; }
}
