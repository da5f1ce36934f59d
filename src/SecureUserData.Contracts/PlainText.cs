using System.Globalization;
using System.Text;

namespace SecureUserData;

/// <summary>Text that people read.</summary>
internal static class PlainText
{
    /// <summary>Whether a text has no control and no format characters, which could make it look like another or drive
    /// a terminal.</summary>
    internal static bool IsPlain(string text)
    {
        foreach (var rune in text.EnumerateRunes())
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                    or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                || rune == Rune.ReplacementChar)
                return false;
        return true;
    }
}
