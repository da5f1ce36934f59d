using System.Text.Json;
using System.Text.Json.Serialization;

namespace SecureUserData.AccessLog;

/// <summary>The body of a row of the access log, stored as JSON; <c>docs/access-log.md</c> lists its
/// properties.</summary>
internal sealed record LogEntry
{
    /// <summary>Milliseconds since 1970-01-01 UTC.</summary>
    [JsonPropertyName("at")]
    public long At { get; init; }

    [JsonPropertyName("by")]
    public required string Actor { get; init; }

    /// <summary>The application whose log key made the MAC; null in the installation's own chain.</summary>
    [JsonPropertyName("app")]
    public string? App { get; init; }

    /// <summary>The version of the log key.</summary>
    [JsonPropertyName("key")]
    public int KeyVersion { get; init; }

    /// <summary>The sequence number of the newest entry before this one that announces a change
    /// (<see cref="IsChange"/>), 0 if there is none. It lets an activation find in one step what a crash left
    /// unapplied.</summary>
    [JsonPropertyName("change")]
    public long PreviousChange { get; init; }

    [JsonPropertyName("act")]
    public Activity Activity { get; init; }

    [JsonPropertyName("names")]
    public string[]? Names { get; init; }

    [JsonPropertyName("script")]
    public string? Script { get; init; }

    [JsonPropertyName("version")]
    public int? ScriptVersion { get; init; }

    [JsonPropertyName("purpose")]
    public string? Purpose { get; init; }

    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    [JsonPropertyName("count")]
    public int? Count { get; init; }

    [JsonPropertyName("decision")]
    public ConsentDecision? Decision { get; init; }

    /// <summary>The entry that <see cref="Activity.NotApplied"/> is about.</summary>
    [JsonPropertyName("refers")]
    public long? Refers { get; init; }

    /// <summary>The last entry that <see cref="Activity.LogExpired"/> lets be emptied.</summary>
    [JsonPropertyName("through")]
    public long? Through { get; init; }

    /// <summary>Entries up to there that it does not let be emptied.</summary>
    [JsonPropertyName("kept")]
    public long[]? Kept { get; init; }

    /// <summary>Whether a state follows the entry.</summary>
    [JsonIgnore]
    internal bool IsChange => Activity is
        Activity.ApplicationRegistered or Activity.ScriptRegistered
        or Activity.ScriptVersionAdded or Activity.UserCreated or Activity.CredentialClaimed
        or Activity.CredentialReissued or Activity.FieldsSet or Activity.ProcessingPaused
        or Activity.ProcessingResumed or Activity.ConsentDecided or Activity.NotApplied or Activity.UserErased
        or Activity.RetentionApplied or Activity.LogExpired or Activity.RetentionChanged
        or Activity.KeyRotationStarted or Activity.IndexKeySwitched
        or Activity.UserKeyRotated or Activity.KeyVersionDestroyed
        or Activity.VaultChanged or Activity.VaultItemChanged or Activity.VaultKeyHandedOn;

    /// <summary>An entry that was emptied, as it is shown.</summary>
    internal static AccessLogEntry ExpiredView(string chain, long sequence) => new(
        chain, sequence, DateTimeOffset.UnixEpoch, "", Activity.Expired, [], null, null, null, 1, null);

    internal byte[] ToBody() => JsonSerializer.SerializeToUtf8Bytes(this, LogJson.Default.LogEntry);

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> when it is not an entry.</exception>
    internal static LogEntry Parse(ReadOnlySpan<byte> body, string place)
    {
        try
        {
            return JsonSerializer.Deserialize(body, LogJson.Default.LogEntry)
                ?? throw SecureUserDataException.Tampered(place);
        }
        catch (JsonException)
        {
            throw SecureUserDataException.Tampered(place);
        }
    }

    internal AccessLogEntry ToView(string chain, long sequence) => new(
        chain,
        sequence,
        DateTimeOffset.FromUnixTimeMilliseconds(At),
        Actor,
        Activity,
        Names ?? [],
        ScriptVersion,
        Purpose,
        Reason,
        Count ?? 1,
        Decision is null ? null : Decision with { Sequence = sequence });
}

[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LogEntry))]
internal sealed partial class LogJson : JsonSerializerContext;
