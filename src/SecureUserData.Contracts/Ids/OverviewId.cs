namespace SecureUserData;

/// <summary>Names the overview of one user: what is gathered over all scripts of the user's application.</summary>
/// <param name="User">The data subject.</param>
public readonly record struct OverviewId(UserId User) : IEntityId<IOverview>
{
    private const string Prefix = "overview/";

    /// <summary>Reads the text of an id; false when it is not one.</summary>
    public static bool TryParse(string? text, out OverviewId id)
    {
        var user = default(UserId);
        var ok = text is not null
            && text.StartsWith(Prefix, StringComparison.Ordinal)
            && UserId.TryParse(text[Prefix.Length..], out user);
        id = new(user);
        return ok;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Prefix}{User}";
}
