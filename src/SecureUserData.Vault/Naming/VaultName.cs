using System.Globalization;
using System.Text;

namespace SecureUserData.Vault.Naming;

/// <summary>Checks what people and groups of a vault are named, so that no name can be taken for another
/// (docs/vault-names.md).</summary>
internal static class VaultName
{
    /// <summary>The most UTF-16 characters of a name.</summary>
    internal const int MaxLength = 64;

    // NFC shortens a text to a quarter at most; more is refused before work is spent on it.
    private const int MaxUncomposedLength = 4 * MaxLength;

    // UTS #39, 5.4: more marks on one letter than any orthography has are drawn over each other.
    private const int MaxMarks = 4;

    /// <summary>The name in NFC; Invalid where it could be taken for another or is none.</summary>
    internal static string Check(string? name, string what)
    {
        if (string.IsNullOrEmpty(name) || name.Length > MaxUncomposedLength) throw Length();
        CheckCharacters(name, what);
        name = name.Normalize(NormalizationForm.FormC);
        if (name.Length > MaxLength) throw Length();
        if (name[0] == ' ' || name[^1] == ' ' || name.Contains("  ", StringComparison.Ordinal))
            throw Invalid($"The name of a {what} has a space at an end or two in a row: leave these out.");
        CheckMarks(name, what);
        CheckDigits(name, what);
        CheckScripts(name, what);
        if (NameSkeleton.LooksLatinOtherwise(name))
            throw Invalid($"The name of a {what} looks like one in Latin letters: write it in other letters.");
        return name;

        SecureUserDataException Length() => Invalid($"The name of a {what} has 1 to {MaxLength} characters.");
    }

    internal static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static void CheckCharacters(string name, string what)
    {
        var data = NameData.Current;
        for (var i = 0; i < name.Length;)
        {
            // A lone surrogate is no character: Normalize would throw on it.
            if (!Rune.TryGetRuneAt(name, i, out var rune) || !IsAllowed(rune))
                throw Invalid($"The name of a {what} has a character that is not allowed: write it with letters, "
                    + "digits, single inner spaces and the characters _ - . @ +");
            i += rune.Utf16SequenceLength;
        }

        bool IsAllowed(Rune rune) =>
            (Rune.IsLetter(rune) || IsMark(rune)
                || Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber
                || rune.Value is ' ' or '_' or '-' or '.' or '@' or '+')
            && data.ScriptsOf(rune) != ScriptSet.None // what a later Unicode assigns has no look-alikes here
            && !data.IsIgnorable(rune); // fillers and selectors are letters and marks, and show nothing
    }

    // UTS #39, 5.4: the same mark twice is drawn as one, and a mark at the start goes to the text before the name.
    private static void CheckMarks(string name, string what)
    {
        var marks = 0;
        var before = default(Rune);
        var canBear = false;
        foreach (var rune in name.Normalize(NormalizationForm.FormD).EnumerateRunes())
        {
            if (!IsMark(rune)) (marks, canBear) = (0, Rune.IsLetterOrDigit(rune));
            else if (!canBear || ++marks > MaxMarks || rune == before)
                throw Invalid($"The name of a {what} has a mark without a letter, twice the same mark or more than "
                    + $"{MaxMarks} on one letter: leave these out.");
            before = rune;
        }
    }

    // UTS #39, 5.3: the digit four of Bengali looks like an eight.
    private static void CheckDigits(string name, string what)
    {
        int? zero = null;
        foreach (var rune in name.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.DecimalDigitNumber) continue;
            var own = rune.Value - (int)Rune.GetNumericValue(rune);
            if ((zero ??= own) != own)
                throw Invalid($"The name of a {what} mixes digits of two kinds: write all of them in one.");
        }
    }

    private static void CheckScripts(string name, string what)
    {
        var common = ScriptSet.All;
        foreach (var rune in name.EnumerateRunes()) common &= NameData.Current.ScriptsOf(rune);
        if (common == ScriptSet.None)
            throw Invalid($"The name of a {what} mixes scripts, such as Latin and Cyrillic: write it in one.");
    }

    private static SecureUserDataException Invalid(string message) => SecureUserDataException.Invalid(message);
}
