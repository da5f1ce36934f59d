namespace SecureUserData;

/// <summary>How long an application's users' data is kept: whole days, 1 to <see cref="Limits.RetentionDays"/>. What
/// has no rule is kept until somebody removes it.</summary>
public sealed record RetentionRules
{
    /// <summary>No rule at all.</summary>
    public static RetentionRules None { get; } = new();

    /// <summary>How long a value of a field is kept after it was last set, by the field's name; earlier values of the
    /// field too.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Fields { get; init; } = new Dictionary<string, TimeSpan>();

    /// <summary>How long a record is kept after it was last put, by its collection's name.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Collections { get; init; } = new Dictionary<string, TimeSpan>();

    /// <summary>How long entries of the users' chains of the access log are kept; null for always.</summary>
    public TimeSpan? Log { get; init; }
}
