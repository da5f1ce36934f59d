using System.Text;

namespace SecureUserData.Cli.Keys;

/// <summary>A title as a short name: <c>Café &amp; Co</c> is <c>café-co</c>.</summary>
internal static class Slug
{
    internal const int MaxLength = 64;

    internal static string Of(string title, string otherwise)
    {
        var slug = new StringBuilder();
        foreach (var rune in title.Normalize(NormalizationForm.FormC).ToLowerInvariant().EnumerateRunes())
        {
            if (slug.Length >= MaxLength - 2) break;
            if (Rune.IsLetterOrDigit(rune)) slug.Append(rune.ToString());
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
        }
        var text = slug.ToString().Trim('-');
        return text.Length > 0 ? text : otherwise;
    }

    /// <summary>Whether a text can be a name on a command line and in a file.</summary>
    internal static bool IsName(string text) =>
        text.Length is > 0 and <= MaxLength && text[0] != '-'
        && text.EnumerateRunes().All(rune => Rune.IsLetterOrDigit(rune) || rune.Value is '-' or '_' or '.');
}
