using SecureUserData.Entities;

namespace SecureUserData.Applications;

/// <summary>What an engine asks of the installation.</summary>
public interface IInstallationInternals : IEntityInternals
{
    /// <summary>Puts on record that it was restored.</summary>
    /// <param name="names">From which backup: names, never values.</param>
    Task RecordRestoreAsync(IReadOnlyList<string> names);
}
