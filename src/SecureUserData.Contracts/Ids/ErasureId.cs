namespace SecureUserData;

/// <summary>Names the erasure of one user: <c>erasure/usr_…</c>.</summary>
/// <param name="User">The data subject.</param>
public readonly record struct ErasureId(UserId User) : IEntityId<IErasure>
{
    internal const string Prefix = "erasure/";

    /// <summary>Reads the text of an id; false when it is not one.</summary>
    public static bool TryParse(string? text, out ErasureId id)
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
