using System.Globalization;
using System.Text;

namespace SecureUserData.Cli.Console;

/// <summary>Text that cannot drive a terminal or look like another text: control and format characters, which escape
/// sequences and right-to-left tricks are made of, are spelled out as in <c>&lt;U+001B&gt;</c>.</summary>
internal static class Printable
{
    internal static string Text(string text)
    {
        if (!text.EnumerateRunes().Any(IsHidden)) return text;
        var visible = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
            if (IsHidden(rune)) visible.Append(CultureInfo.InvariantCulture, $"<U+{rune.Value:X4}>");
            else visible.Append(rune.ToString());
        return visible.ToString();
    }

    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator;
}
