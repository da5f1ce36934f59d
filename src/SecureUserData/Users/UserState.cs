using System.Collections.Immutable;
using System.Text.Json.Serialization;
using SecureUserData.AccessLog;
using SecureUserData.Entities;

namespace SecureUserData.Users;

/// <summary>What is stored of a user, apart from records and the log.</summary>
public sealed record UserState : IApplicationState
{
    /// <inheritdoc/>
    public required AppId App { get; init; }

    /// <summary>The user's key, wrapped under a key derived from the application's key for this user.</summary>
    public required byte[] WrappedKey { get; init; }

    /// <summary>The version of the application's key that wraps it.</summary>
    public required int WrappedUnder { get; init; }

    /// <summary>The version of the user's key.</summary>
    public required int KeyVersion { get; init; }

    /// <summary>When the user's key was made; null when that was with the profile.</summary>
    public DateTimeOffset? KeyMadeAt { get; init; }

    /// <summary>The keys before it that some of the records may still be under, while the user's key is rotated; null
    /// when there are none.</summary>
    public OlderUserKeys? OlderKeys { get; init; }

    /// <summary>Uses of the user's key that are reserved (see <c>KeyUses</c>).</summary>
    public required long KeyUses { get; init; }

    /// <summary>The identifiable fields, ordered by name.</summary>
    public required ImmutableArray<StoredField> Fields { get; init; }

    /// <summary>When the profile was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The verifier of the claim code.</summary>
    public required byte[] ClaimVerifier { get; init; }

    /// <summary>When the credential was claimed; null while it is not.</summary>
    public DateTimeOffset? ClaimedAt { get; init; }

    /// <summary>The verifier of the user's credential; null before it is claimed and after it was taken back.</summary>
    public byte[]? Verifier { get; init; }

    /// <summary>Whether the user has stopped all reading by scripts.</summary>
    public bool Paused { get; init; }

    /// <summary>The newest decision on each script, as far as known when the state was stored.</summary>
    public ImmutableArray<DecisionPointer> Decisions { get; init; } = [];

    /// <summary>The last change in the user's chain that this state has in it.</summary>
    public long LastSequence { get; init; }

    /// <summary>Which entries of the user's chain have been emptied; null for none.</summary>
    public LogExpiry? LogExpiry { get; init; }

    /// <summary>The entry that announced the erasure; null while the user is not erased. An erased user has no key, and
    /// nothing brings it back.</summary>
    public ErasedEntry? Erased { get; init; }

    /// <summary>How <see cref="KeyTag"/> begins.</summary>
    internal const string KeyTagPrefix = "key/";

    /// <summary>The tag of all erased users of an application.</summary>
    internal static string ErasedTag(AppId app) => $"erased/{app}";

    /// <summary>When a field was last set, in milliseconds since 1970-01-01 UTC; when the profile was created, where
    /// the field does not say.</summary>
    internal long SetAt(in StoredField field) =>
        field.SetAt == 0 ? CreatedAt.ToUnixTimeMilliseconds() : field.SetAt;

    /// <summary>The tag of all users whose key is wrapped under a version of an application's key.</summary>
    internal static string KeyTag(AppId app, int version) => $"{KeyTagPrefix}{app}/{version}";

    /// <summary>The tag of all users of an application who have keys that something may still be under.</summary>
    internal static string OlderKeysTag(AppId app) => $"older-keys/{app}";

    /// <summary>The tag of all users of an application whose key has nearly sealed as often as it may.</summary>
    internal static string WornKeyTag(AppId app) => $"worn-key/{app}";
}

/// <summary>The keys of a user before the newest one.</summary>
/// <param name="Keys">The keys, wrapped like the newest one.</param>
/// <param name="Through">Records up to this one are under the newest key; null before the first one is.</param>
public sealed record OlderUserKeys(ImmutableArray<OlderUserKey> Keys, RecordPlace? Through);

/// <summary>An earlier key of a user.</summary>
/// <param name="Version">Its version.</param>
/// <param name="WrappedKey">The key, wrapped as <see cref="UserState.WrappedKey"/> is.</param>
public sealed record OlderUserKey(int Version, byte[] WrappedKey);

/// <summary>A place in a user's records, which are ordered by collection and id.</summary>
/// <param name="Collection">The collection.</param>
/// <param name="Id">The record's id.</param>
public sealed record RecordPlace(string Collection, RecordId Id);

/// <summary>One identifiable field.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Envelope">Its value, under the user's key.</param>
/// <param name="IndexTag">Its blind index, if the field is indexed.</param>
/// <param name="IsUnique">Whether the index tags are claimed as unique keys.</param>
[JsonConverter(typeof(StoredFieldJson))]
public readonly record struct StoredField(string Name, byte[] Envelope, string? IndexTag, bool IsUnique)
{
    /// <summary>Its blind index in the version before, while the index key is rotated; otherwise null.</summary>
    public string? OlderIndexTag { get; init; }

    /// <summary>All its index tags.</summary>
    internal IEnumerable<string> IndexTags
    {
        get
        {
            if (IndexTag is not null) yield return IndexTag;
            if (OlderIndexTag is not null) yield return OlderIndexTag;
        }
    }

    /// <summary>When it was last set, in milliseconds since 1970-01-01 UTC; 0 in states of before there was a history,
    /// see <see cref="UserState.SetAt"/>.</summary>
    public long SetAt { get; init; }

    /// <summary>The values it had before, newest first; default when there are none.</summary>
    public ImmutableArray<StoredVersion> Earlier { get; init; }
}

/// <summary>An earlier value of a field.</summary>
/// <param name="Envelope">The value's envelope as it was, still bound to the field.</param>
/// <param name="SetAt">When the value was last set, in milliseconds since 1970-01-01 UTC.</param>
/// <param name="Until">When another one took its place, in the same unit.</param>
public readonly record struct StoredVersion(byte[] Envelope, long SetAt, long Until);

/// <summary>Where in the user's chain the newest decision on a script stands.</summary>
/// <param name="Script">The script.</param>
/// <param name="Sequence">The entry.</param>
public sealed record DecisionPointer(ScriptId Script, long Sequence);
