using SecureUserData.AccessLog;

namespace SecureUserData.Conformance;

/// <summary>An engine for the suite: one installation on fresh storage, on a fake clock. Every test registers an
/// application of its own, so that the tests of a class can share it.</summary>
public abstract class EngineFixture : IAsyncLifetime
{
    /// <summary>The clock that the engine runs on.</summary>
    public FakeClock Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.Zero));

    /// <summary>The engine; another one after <see cref="RestartAsync()"/>.</summary>
    public abstract ISecureUserData Engine { get; }

    /// <summary>The first operator's credential.</summary>
    public abstract Credential OperatorCredential { get; }

    /// <summary>Sets an installation up on fresh storage and opens it.</summary>
    public abstract ValueTask InitializeAsync();

    /// <summary>Opens the same storage again, as after a restart. Sessions from before are not used any more.</summary>
    public abstract Task RestartAsync();

    /// <summary>The master key ring, as text.</summary>
    public abstract string MasterKeys { get; }

    /// <summary>The same with another master key ring; after a refusal the engine stays closed.</summary>
    public abstract Task RestartAsync(string masterKeys);

    /// <summary>Advances the clock until every entity has been idle long enough, and returns when none is in memory.
    /// </summary>
    public abstract Task UnloadIdleAsync();

    /// <summary>Verifies the whole access log.</summary>
    public abstract Task<LogVerified> VerifyLogAsync();

    /// <summary>Verifies the log that the tests left behind, and removes the storage.</summary>
    public abstract ValueTask DisposeAsync();
}
