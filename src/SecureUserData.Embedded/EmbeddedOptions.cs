namespace SecureUserData.Embedded;

/// <summary>How the embedded engine runs.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>An entity that has not been called for this long is unloaded, and its key zeroed.</summary>
    public TimeSpan UnloadAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>More entities than this are not kept in memory; the longest unused leave first.</summary>
    public int MaxActive { get; init; } = 100_000;

    /// <summary>Anchors of the access log that are written while the engine is open; null for none. When one cannot be
    /// written, <see cref="EngineStatus.AnchorFailure"/> says why.</summary>
    public AnchorSchedule? Anchors { get; init; }

    /// <summary>A second place for the erasure list, on another disk than the data folder's; null for none. No erasure
    /// is finished while it cannot be written.</summary>
    public string? ErasureList { get; init; }
}
