using SecureUserData.Entities;

namespace SecureUserData.Rotation;

/// <summary>What the rotation of the master key asks of the installation.</summary>
public interface IInstallationRotation : IEntityInternals
{
    /// <summary>All applications, in the order of their registration.</summary>
    Task<IReadOnlyList<AppId>> ListAllAsync();

    /// <summary>Puts something about the rotation on record.</summary>
    Task RecordAsync(string by, Activity activity, RotationRun run);
}
