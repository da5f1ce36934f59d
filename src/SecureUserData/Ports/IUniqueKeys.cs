namespace SecureUserData.Ports;

/// <summary>Keys that only one holder can have. A holder claims a key before it saves the state that carries the key as
/// a tag; what a crash left between the two is taken over by the next claim.</summary>
public interface IUniqueKeys
{
    /// <summary>Claims a key durably. True when the holder has it now, also when it had it before.</summary>
    Task<bool> ClaimAsync(string key, string holder);

    /// <summary>Gives a key back, if the holder has it and its stored state does not carry it: whoever saw a save fail
    /// does not know whether it was stored.</summary>
    Task ReleaseAsync(string key, string holder);

    /// <summary>Gives back all keys of a holder that its stored state does not carry, also those that a crash has
    /// left.</summary>
    Task ReleaseAllAsync(string holder);
}
