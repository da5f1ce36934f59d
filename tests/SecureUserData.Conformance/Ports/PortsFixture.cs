using SecureUserData.Ports;

namespace SecureUserData.Conformance.Ports;

/// <summary>An engine's stores for the suite, on fresh storage. Every test uses entities of its own.</summary>
public abstract class PortsFixture : IAsyncLifetime
{
    /// <summary>The stores; others after <see cref="CrashAsync"/>.</summary>
    public abstract IPorts Ports { get; }

    /// <summary>Makes fresh storage.</summary>
    public abstract ValueTask InitializeAsync();

    /// <summary>Opens the storage again as a crash at this moment would have left it: nothing is told beforehand.
    /// Claims of unique keys from before are settled then: nobody is on the way any more to save a state for them.
    /// </summary>
    public abstract Task CrashAsync();

    /// <summary>The entities that the engine would call at a time.</summary>
    public abstract Task<IReadOnlyList<string>> DueAsync(DateTimeOffset at);

    /// <summary>Removes the storage.</summary>
    public abstract ValueTask DisposeAsync();
}
