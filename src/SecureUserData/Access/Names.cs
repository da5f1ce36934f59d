using System.Globalization;
using System.Text;

namespace SecureUserData.Access;

/// <summary>Checks what callers name things.</summary>
internal static class Names
{
    /// <summary>The name of a field or a collection: letters, digits, space and <c>_ - .</c>, no space at the
    /// ends.</summary>
    internal static string Check(string? name, string what)
    {
        if (string.IsNullOrEmpty(name) || name.Length > Limits.NameLength || name[0] == ' ' || name[^1] == ' ')
            throw Invalid();
        foreach (var rune in name.EnumerateRunes())
            if (!Rune.IsLetterOrDigit(rune) && rune.Value is not (' ' or '_' or '-' or '.')
                && Rune.GetUnicodeCategory(rune) is not UnicodeCategory.NonSpacingMark
                    and not UnicodeCategory.SpacingCombiningMark)
                throw Invalid();
        return name;

        SecureUserDataException Invalid() => SecureUserDataException.Invalid(
            $"The name of a {what} has 1 to {Limits.NameLength} letters, digits, inner spaces and the characters "
            + "_ - .");
    }

    /// <summary>A name or text that people read: no control and no format characters, which could make it look like
    /// another or drive a terminal.</summary>
    internal static string CheckText(string? text, string what, int limit)
    {
        if (string.IsNullOrWhiteSpace(text)) throw SecureUserDataException.Invalid($"The {what} is empty: write it.");
        if (text.Length > limit)
            throw SecureUserDataException.Invalid($"The {what} has more than {limit} characters: shorten it.");
        if (!PlainText.IsPlain(text))
            throw SecureUserDataException.Invalid(
                $"The {what} holds a control or format character: write plain text on one line.");
        return text;
    }

    /// <summary>A list of names of fields or collections: each valid, none twice. What is checked is a copy, and the
    /// copy is what is used: the caller may change the list at any time.</summary>
    internal static IReadOnlyList<string> CheckAll(IReadOnlyList<string>? list, string what)
    {
        if (list is null) throw SecureUserDataException.Invalid($"The list of {what}s is missing: pass an empty one.");
        IReadOnlyList<string> names = [.. list];
        if (names.Count > Limits.ScopeItems)
            throw SecureUserDataException.Invalid($"There are more than {Limits.ScopeItems} {what}s: name fewer.");
        for (var i = 0; i < names.Count; i++)
        {
            Check(names[i], what);
            for (var j = 0; j < i; j++) // quicker than a set for the few that there are
                if (names[i] == names[j])
                    throw SecureUserDataException.Invalid($"A {what} is named twice: name each once.");
        }
        return names;
    }

    internal static int CheckLimit(int limit) => limit is >= 1 and <= Limits.PageItems
        ? limit
        : throw SecureUserDataException.Invalid($"A page has 1 to {Limits.PageItems} items: change the limit.");
}
