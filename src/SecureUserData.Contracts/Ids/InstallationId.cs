namespace SecureUserData;

/// <summary>Names the installation itself; there is one.</summary>
public readonly record struct InstallationId : IEntityId<IInstallation>
{
    /// <inheritdoc/>
    public override string ToString() => "installation";
}
