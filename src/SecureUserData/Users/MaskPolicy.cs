using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SecureUserData.Users;

/// <summary>What a script gets of a field that it may read masked. What cannot be masked gives null, and is left out as
/// if the user did not have it: never the whole value.</summary>
internal static partial class MaskPolicy
{
    private const int LastElements = 4;
    private const int DomainLength = 253; // RFC 1035 §2.3.4, as text

    /// <summary>Years that a date about a living person has. Another one is rather a number that looks like a date, or
    /// day and month written first: 8 digits that are a date both ways have a year below 1300 in one of them.</summary>
    private const int FirstYear = 1800, LastYear = 2199;

    private static readonly string[] Dates = ["yyyyMMdd", "yyyy-MM-dd", "yyyy/MM/dd", "dd.MM.yyyy", "yyyy"];

    /// <summary>Puts what may be read in the place of each value that has a mask.</summary>
    /// <param name="values">Changed, and returned.</param>
    /// <param name="masks">By the name of the field; null for none.</param>
    internal static Dictionary<string, string> Apply(
        Dictionary<string, string> values, IReadOnlyDictionary<string, FieldMask>? masks)
    {
        if (masks is null) return values;
        foreach (var (name, mask) in masks)
            if (values.Remove(name, out var value) && Apply(mask, value) is { } masked) values[name] = masked;
        return values;
    }

    internal static string? Apply(FieldMask mask, string value)
    {
        value = value.Trim();
        return mask switch
        {
            FieldMask.LastFour => LastFour(value),
            FieldMask.Initial => Initial(value),
            FieldMask.Year => Year(value),
            FieldMask.EmailDomain => EmailDomain(value),
        };
    }

    /// <summary>Of eight characters and more it tells no length; of fewer, half of them cannot hide it.</summary>
    private static string? LastFour(string value)
    {
        var starts = StringInfo.ParseCombiningCharacters(value);
        var count = Math.Min(LastElements, Visible(value, starts).Count() / 2);
        return count == 0 ? null : $"…{value[starts[^count]..]}";
    }

    /// <summary>A value of one character, or one that is only an initial, would be given whole.</summary>
    private static string? Initial(string value)
    {
        var elements = Visible(value, StringInfo.ParseCombiningCharacters(value)).Take(2).ToList();
        if (elements.Count < 2) return null;
        var initial = $"{elements[0]}.";
        return initial == value ? null : initial;
    }

    private static string? Year(string value) =>
        DateOnly.TryParseExact(
            DateAndTime().Replace(value, "$1"), Dates, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
        && date.Year is >= FirstYear and <= LastYear
            ? date.ToString("yyyy", CultureInfo.InvariantCulture)
            : null;

    private static string? EmailDomain(string value) =>
        Address().Match(value) is { Success: true } match && match.Groups[1].Length <= DomainLength
            ? match.Groups[1].Value
            : null;

    /// <summary>The text elements that show something. Others do not count, so that padding with characters of no width
    /// does not make half of a value out of all that is seen of it.</summary>
    private static IEnumerable<string> Visible(string value, int[] starts)
    {
        for (var i = 0; i < starts.Length; i++)
        {
            var element = value[starts[i]..(i + 1 < starts.Length ? starts[i + 1] : value.Length)];
            if (element.EnumerateRunes().Any(IsVisible)) yield return element;
        }
    }

    private static bool IsVisible(Rune rune) =>
        !Rune.IsWhiteSpace(rune)
        && Rune.GetUnicodeCategory(rune) is not UnicodeCategory.Control and not UnicodeCategory.Format;

    [GeneratedRegex(
        @"\A([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ](?:[01][0-9]|2[0-4]):[0-5][0-9](?::[0-6][0-9](?:[.,][0-9]+)?)?"
        + @"(?: ?(?:[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?))?\z")]
    private static partial Regex DateAndTime();

    /// <summary>One address and nothing else: no quoted local part, no display name, no list, no IP address; the domain
    /// has a dot. Letters may be of any script (RFC 6531).</summary>
    [GeneratedRegex(
        @"\A[^@\s\p{Cc}\p{Cf}<>()\[\]\\,;:""]{1,64}@"
        + @"((?:[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?\.)+"
        + @"\p{L}(?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}]))\z")]
    private static partial Regex Address();
}
