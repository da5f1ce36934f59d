namespace SecureUserData;

/// <summary>Names the rotation of the master key; there is one: <c>rotation/master</c>.</summary>
public readonly record struct MasterRotationId : IEntityId<IMasterRotation>
{
    /// <inheritdoc/>
    public override string ToString() => "rotation/master";
}
