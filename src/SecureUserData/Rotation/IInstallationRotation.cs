using SecureUserData.Entities;

namespace SecureUserData.Rotation;

/// <summary>What the rotation of the master key asks of the installation.</summary>
public interface IInstallationRotation : IEntityInternals
{
    /// <summary>All applications, in the order of their registration.</summary>
    Task<IReadOnlyList<AppId>> ListAllAsync();

    /// <summary>Seals the installation's state under a version of the master key, unless it is under that already.
    /// Applications that are registered from then on are under it too.</summary>
    Task ResealAsync(int masterVersion);

    /// <summary>Puts something about the rotation on record.</summary>
    Task RecordAsync(string by, Activity activity, RotationRun run);
}
