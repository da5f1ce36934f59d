using System.Collections.Immutable;
using System.Globalization;
using SecureUserData.Access;

namespace SecureUserData.Entities;

/// <summary>Cuts lists into pages.</summary>
internal static class Paging
{
    /// <summary>A page of a list that only grows; the cursor is the index of the next item.</summary>
    internal static Page<T> ByIndex<T>(ImmutableArray<T> items, string? cursor, int limit)
    {
        Names.CheckLimit(limit);
        var start = (int)Math.Min(Number(cursor), items.Length);
        var page = items.Skip(start).Take(limit).ToList();
        return new Page<T>(page, start + page.Count < items.Length ? Text(start + page.Count) : null);
    }

    /// <summary>The number in a cursor; 0 for the beginning.</summary>
    internal static long Number(string? cursor)
    {
        if (cursor is null) return 0;
        return long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw InvalidCursor();
    }

    internal static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    internal static SecureUserDataException InvalidCursor() =>
        SecureUserDataException.Invalid("That is not a cursor: pass the Next of the page before, or none to begin.");
}
