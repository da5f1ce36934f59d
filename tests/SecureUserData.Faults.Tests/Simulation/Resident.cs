namespace SecureUserData.Faults.Tests.Simulation;

/// <summary>What is expected of one user.</summary>
internal sealed class Resident(UserId id)
{
    private const int VersionsKept = Limits.UsualFieldVersions;

    internal UserId Id => id;

    internal Credential Credential { get; set; } = null!;

    /// <summary>The values of fields, newest first; the first is in force.</summary>
    internal SortedDictionary<string, List<Value>> Fields { get; } = new(StringComparer.Ordinal);

    internal Dictionary<RecordId, (string Text, DateTimeOffset At)> Records { get; } = [];

    internal Dictionary<ScriptId, Permission> Permissions { get; } = [];

    internal bool Paused { get; set; }

    internal bool Erased { get; set; }

    /// <summary>When scripts read something.</summary>
    internal List<DateTimeOffset> Readings { get; } = [];

    internal string? this[string field] => Fields.TryGetValue(field, out var values) ? values[0].Text : null;

    internal void Set(string field, string? text, DateTimeOffset now)
    {
        if (text is null) Fields.Remove(field);
        else if (!Fields.TryGetValue(field, out var values)) Fields[field] = [new Value(text, now)];
        else if (values[0].Text == text) values[0] = new Value(text, now);
        else
        {
            values.Insert(0, new Value(text, now));
            if (values.Count > VersionsKept + 1) values.RemoveAt(VersionsKept + 1);
        }
    }

    /// <summary>Forgets what is over: a value counts from when it was set.</summary>
    internal void Retain(RetentionRules rules, DateTimeOffset now)
    {
        if (Erased) return;
        foreach (var (field, period) in rules.Fields)
            if (Fields.TryGetValue(field, out var values))
            {
                values.RemoveAll(value => value.SetAt <= now - period);
                if (values.Count == 0) Fields.Remove(field);
            }
        foreach (var (_, period) in rules.Collections)
            foreach (var record in Records.Where(record => record.Value.At <= now - period).ToList())
                Records.Remove(record.Key);
    }

    internal ConsentStatus Status(ScriptId script, DateTimeOffset now) =>
        !Permissions.TryGetValue(script, out var permission) ? ConsentStatus.Requested
        : permission.Status == ConsentStatus.Given && now >= permission.Expires ? ConsentStatus.Expired
        : permission.Status;

    internal bool Allows(ScriptId script, IEnumerable<string> fields, bool records, DateTimeOffset now) =>
        !Erased && !Paused && Status(script, now) == ConsentStatus.Given
        && fields.All(Permissions[script].Fields.Contains) && (!records || Permissions[script].Records);

    /// <summary>What is there of some fields.</summary>
    internal Dictionary<string, string> Values(IEnumerable<string> fields) =>
        fields.Where(Fields.ContainsKey).ToDictionary(field => field, field => this[field]!);
}

/// <summary>A value of a field.</summary>
internal sealed record Value(string Text, DateTimeOffset SetAt);

/// <summary>What a user has decided on a script.</summary>
internal sealed record Permission(ConsentStatus Status, HashSet<string> Fields, bool Records, DateTimeOffset? Expires)
{
    /// <summary>What is left of it under another text: less, or nothing when the text asks for more.</summary>
    internal Permission Under(ScriptText text, bool asksForMore) => asksForMore
        ? new Permission(ConsentStatus.Invalidated, [], false, Expires)
        : this with { Fields = [.. Fields.Intersect(text.Fields)] };
}
