using SecureUserData.Entities;

namespace SecureUserData.Consents;

/// <summary>What other entities ask of a consent.</summary>
public interface IConsentInternals : IEntityInternals
{
    /// <summary>Reads as <see cref="IConsent.ReadAsync"/> does, for a script that goes over all users: null where the
    /// decision in force does not allow it. That leaves no refusal in the log, since nothing was asked of this
    /// user.</summary>
    Task<Reading?> TryReadAsync(Selection selection);
}
