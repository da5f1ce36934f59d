using System.Collections.Immutable;

namespace SecureUserData.Users;

/// <summary>Which earlier values of fields are kept.</summary>
internal static class FieldHistory
{
    /// <summary>The history of a field whose value another one replaces.</summary>
    /// <param name="before">The field as it is.</param>
    /// <param name="setAt">When its value was set.</param>
    /// <param name="now">The time, in milliseconds.</param>
    /// <param name="limit">At most this many values; 0 keeps none.</param>
    internal static ImmutableArray<StoredVersion> Replace(in StoredField before, long setAt, long now, int limit)
    {
        if (limit == 0) return default; // nothing in memory for users without a history
        var earlier = before.Earlier.IsDefault ? [] : before.Earlier;
        return [new StoredVersion(before.Envelope, setAt, now), .. earlier.Take(limit - 1)];
    }

    /// <summary>Fields whose history is not longer than <see cref="Limits.HistoryBytes"/> together: what was replaced
    /// first over all fields leaves first.</summary>
    internal static ImmutableArray<StoredField> Bound(ImmutableArray<StoredField> fields)
    {
        var excess = fields.Sum(Bytes) - Limits.HistoryBytes;
        while (excess > 0)
        {
            var oldest = fields.Where(field => !field.Earlier.IsDefaultOrEmpty).MinBy(field => field.Earlier[^1].Until);
            excess -= oldest.Earlier[^1].Envelope.Length;
            fields = fields.Replace(oldest, oldest with { Earlier = Keep(oldest.Earlier, oldest.Earlier.Length - 1) });
        }
        return fields;
    }

    /// <summary>The newest versions; default when there are none.</summary>
    internal static ImmutableArray<StoredVersion> Keep(ImmutableArray<StoredVersion> versions, int count) =>
        count == 0 ? default : versions[..count];

    private static long Bytes(StoredField field)
    {
        if (field.Earlier.IsDefault) return 0;
        long bytes = 0;
        foreach (var version in field.Earlier) bytes += version.Envelope.Length;
        return bytes;
    }
}
