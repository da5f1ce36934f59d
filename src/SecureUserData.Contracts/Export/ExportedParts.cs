namespace SecureUserData;

// The parts of an export as they stand in the document; docs/export.md describes every property.

internal sealed record ExportedApplication(string Id, string Name);

internal sealed record ExportedUser(
    DateTimeOffset CreatedAt,
    DateTimeOffset? ClaimedAt,
    bool ProcessingPaused,
    IReadOnlyDictionary<string, ExportedField> Fields)
{
    internal static ExportedUser Of(ExportedProfile exported)
    {
        var (_, profile, history) = exported;
        var earlier = history.ToLookup(
            version => version.Field, version => new ExportedVersion(version.Value, version.SetAt, version.Until));
        return new(
            profile.CreatedAt,
            profile.ClaimedAt,
            profile.Paused,
            profile.Fields.OrderBy(field => field.Key, StringComparer.Ordinal).ToDictionary(
                field => field.Key,
                field => new ExportedField(
                    field.Value, earlier.Contains(field.Key) ? [.. earlier[field.Key]] : null)));
    }
}

internal sealed record ExportedField(string Value, IReadOnlyList<ExportedVersion>? Earlier);

internal sealed record ExportedVersion(string Value, DateTimeOffset SetAt, DateTimeOffset Until);

internal sealed record ExportedRecord(
    string Id, string ContentType, int Bytes, DateTimeOffset StoredAt, string? Text, string? Base64);

internal sealed record ExportedScript(
    string Id, int Version, ScriptText Text, string Notice, DateTimeOffset RegisteredAt);

internal sealed record ExportedConsent(
    ExportedScript Script, ConsentStatus Status, IReadOnlyList<ConsentDecision> Decisions)
{
    internal static ExportedConsent Of(ConsentView consent) => new(
        new ExportedScript(
            consent.Script.Id.ToString(),
            consent.Script.Version,
            consent.Script.Text,
            consent.Script.Notice,
            consent.Script.RegisteredAt),
        consent.Status,
        consent.History);
}

internal sealed record ExportedEntry(
    long Sequence,
    DateTimeOffset At,
    string Actor,
    Activity Activity,
    IReadOnlyList<string> Names,
    int? ScriptVersion,
    string? Purpose,
    string? Reason,
    int Count,
    ConsentDecision? Decision,
    byte[] Body,
    byte[] Mac)
{
    internal static ExportedEntry Of(ChainedLogEntry row)
    {
        var entry = row.Entry;
        return new(
            entry.Sequence, entry.At, entry.Actor, entry.Activity, entry.Names, entry.ScriptVersion, entry.Purpose,
            entry.Reason, entry.Count, entry.Decision, row.Body, row.Mac);
    }
}

internal sealed record ExportedHead(long Sequence, byte[] Mac);
