namespace SecureUserData;

/// <summary>Names one who follows what happens: <c>follower/…</c>. Whoever follows takes a fresh one, so that nobody
/// waits behind another one's waiting; it says nothing about who may follow what.</summary>
public readonly record struct FollowerId : IEntityId<IFollower>
{
    private const string Prefix = "follower/";
    private readonly UInt128 _value;

    private FollowerId(UInt128 value) => _value = value;

    /// <summary>A fresh id.</summary>
    public static FollowerId New() => new(Uuid7.Next(TimeProvider.System.GetUtcNow()));

    /// <summary>Reads the text of an id; false when it is not one.</summary>
    public static bool TryParse(string? text, out FollowerId id)
    {
        var ok = IdText.TryParse(text, Prefix, out var value);
        id = new(value);
        return ok;
    }

    /// <inheritdoc/>
    public override string ToString() => IdText.Format(Prefix, _value);
}
