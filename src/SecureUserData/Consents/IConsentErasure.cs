using SecureUserData.Entities;

namespace SecureUserData.Consents;

/// <summary>What an erasure asks of a consent.</summary>
public interface IConsentErasure : IEntityInternals
{
    /// <summary>Removes all decisions and the wake-up. Doing it again does nothing.</summary>
    Task EraseAsync();
}
