using System.Collections.Immutable;
using SecureUserData.Access;
using SecureUserData.Users;

namespace SecureUserData.Retention;

/// <summary>What rules may say, and what is over, as functions of the time and what is stored.</summary>
internal static class RetentionPolicy
{
    /// <summary>The rules with dictionaries of their own, once they have been checked.</summary>
    internal static RetentionRules Check(RetentionRules? rules)
    {
        if (rules is null) throw SecureUserDataException.Invalid("The rules are missing: pass empty ones for none.");
        if (rules.Log is { } log) Check(log);
        return rules with
        {
            Fields = Check(rules.Fields, "field"),
            Collections = Check(rules.Collections, "collection"),
        };
    }

    internal static bool IsEmpty(this RetentionRules rules) =>
        rules.Fields.Count == 0 && rules.Collections.Count == 0 && rules.Log is null;

    /// <summary>The rules in names, as they stand in the log.</summary>
    internal static string[] Describe(RetentionRules rules) =>
    [
        .. Describe("field", rules.Fields),
        .. Describe("record", rules.Collections),
        .. rules.Log is { } log ? [$"log ({log.Days} d)"] : Array.Empty<string>(),
    ];

    /// <summary>Whether the retention of something of a time is over.</summary>
    /// <param name="at">Its time, in milliseconds since 1970-01-01 UTC.</param>
    /// <param name="period">How long it is kept.</param>
    /// <param name="now">The time.</param>
    internal static bool IsOver(long at, TimeSpan period, DateTimeOffset now) =>
        at <= now.ToUnixTimeMilliseconds() - (long)period.TotalMilliseconds;

    /// <summary>The fields of a user without what is over. An earlier value counts from when it was set, as if it had
    /// stayed: a value does not live longer because another one took its place.</summary>
    internal static FieldsKept Keep(UserState state, RetentionRules rules, DateTimeOffset now)
    {
        var kept = new FieldsKept(state.Fields, [], 0, 0);
        foreach (var field in state.Fields)
        {
            if (!rules.Fields.TryGetValue(field.Name, out var period)) continue;
            var versions = field.Earlier.IsDefault ? 0 : field.Earlier.Length;
            if (IsOver(state.SetAt(field), period, now))
            {
                kept = new FieldsKept(
                    kept.Fields.Remove(field),
                    kept.Names.Add($"field/{field.Name}"),
                    kept.Erased + 1,
                    kept.VersionsErased + versions);
                continue;
            }
            var young = versions;
            while (young > 0 && IsOver(field.Earlier[young - 1].SetAt, period, now)) young--;
            if (young == versions) continue;
            kept = new FieldsKept(
                kept.Fields.Replace(field, field with { Earlier = FieldHistory.Keep(field.Earlier, young) }),
                kept.Names.Add($"field/{field.Name}/history ({versions - young})"),
                kept.Erased,
                kept.VersionsErased + versions - young);
        }
        return kept;
    }

    /// <summary>Whether a record may be over, as far as its id tells: ids are made before records are put, so that what
    /// has a young id is young. An id from a clock that is ahead tells nothing.</summary>
    internal static bool MayBeOver(RecordId id, TimeSpan period, DateTimeOffset now) =>
        IsOver(id.Milliseconds, period, now) || id.Milliseconds > now.ToUnixTimeMilliseconds();

    private static IEnumerable<string> Describe(string what, IReadOnlyDictionary<string, TimeSpan> rules) => rules
        .OrderBy(rule => rule.Key, StringComparer.Ordinal)
        .Select(rule => $"{what}/{rule.Key} ({rule.Value.Days} d)");

    private static Dictionary<string, TimeSpan> Check(IReadOnlyDictionary<string, TimeSpan>? rules, string what)
    {
        if (rules is null) throw SecureUserDataException.Invalid($"The rules of {what}s are missing: pass empty ones.");
        var copy = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        foreach (var (name, period) in rules)
        {
            copy[Names.Check(name, what)] = period;
            Check(period);
        }
        if (copy.Count > Limits.ScopeItems)
            throw SecureUserDataException.Invalid($"More than {Limits.ScopeItems} {what}s have a rule: name fewer.");
        return copy;
    }

    private static void Check(TimeSpan period)
    {
        if (period.Ticks % TimeSpan.TicksPerDay != 0 || period.Days is < 1 or > Limits.RetentionDays)
            throw SecureUserDataException.Invalid(
                $"A retention has 1 to {Limits.RetentionDays} whole days: change the period.");
    }
}

/// <summary>What stays of a user's fields.</summary>
/// <param name="Fields">The fields.</param>
/// <param name="Names">What goes, in names.</param>
/// <param name="Erased">How many fields go.</param>
/// <param name="VersionsErased">How many earlier values go.</param>
internal sealed record FieldsKept(
    ImmutableArray<StoredField> Fields, ImmutableArray<string> Names, int Erased, int VersionsErased);
