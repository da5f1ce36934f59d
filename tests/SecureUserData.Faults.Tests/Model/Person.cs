using System.Collections.Immutable;

namespace SecureUserData.Faults.Tests.Model;

/// <summary>What a user's data should be.</summary>
internal sealed record Person(UserId Id)
{
    internal bool Exists { get; init; }

    internal ImmutableSortedDictionary<string, string> Fields { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The records, by what stands in them (see <see cref="Act.Content"/>).</summary>
    internal ImmutableSortedSet<string> Records { get; init; } =
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    internal ConsentStatus Consent { get; init; } = ConsentStatus.Requested;

    internal bool Paused { get; init; }

    internal bool Erased { get; init; }

    internal bool MayBeRead => Consent == ConsentStatus.Given && !Paused && !Erased;

    internal bool Has(string email) => !Erased && Fields.GetValueOrDefault("email") == email;

    /// <summary>All of it: two are alike if their texts are.</summary>
    public override string ToString() => this switch
    {
        { Exists: false } => "absent",
        { Erased: true } => "erased",
        _ => $"{string.Join(' ', Fields.Select(field => $"{field.Key}={field.Value}"))}; "
            + $"records {string.Join(' ', Records)}; {Consent}{(Paused ? ", paused" : "")}",
    };
}
