namespace SecureUserData;

/// <summary>Names the overview of one user: what is gathered over all scripts of the user's application.</summary>
/// <param name="User">The data subject.</param>
public readonly record struct OverviewId(UserId User) : IEntityId<IOverview>
{
    /// <inheritdoc/>
    public override string ToString() => $"overview/{User}";
}
