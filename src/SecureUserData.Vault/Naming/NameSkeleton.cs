using System.Text;

namespace SecureUserData.Vault.Naming;

/// <summary>What a name looks like. Two names conflict when their skeletons are equal: one could be shown for the
/// other.</summary>
internal static class NameSkeleton
{
    /// <summary>The skeleton of UTS #39, section 4, over case: NFD, each character as its class of look-alikes, what
    /// shows nothing left out, NFD.</summary>
    /// <remarks>A class holds what the folding of case (CaseFolding.txt, C and F: as ToLowerInvariant, and ß with ss,
    /// final sigma, ligatures) and confusables.txt call the same, in any number of steps, so that no order of folding
    /// and mapping can tell l, I and 1 apart. Space, <c>_</c>, <c>-</c> and <c>.</c> are one class.</remarks>
    /// <param name="name">A name that <see cref="VaultName"/> let pass, or any other valid UTF-16.</param>
    internal static string Of(string name)
    {
        var text = new StringBuilder(name.Length * 2);
        var data = NameData.Current;
        foreach (var rune in name.Normalize(NormalizationForm.FormD).EnumerateRunes())
        {
            if (data.IsIgnorable(rune)) continue;
            if (data.Skeletons.TryGetValue(rune.Value, out var look)) text.Append(look);
            else text.Append(rune);
        }
        return WithoutSecondDots(text.ToString().Normalize(NormalizationForm.FormD));
    }

    /// <summary>Whether a name, as it is written, looks like a Latin one that its skeleton does not stand for: the
    /// Greek nu looks like N as a capital and like v as a small letter, and can have only one of them in its class
    /// without making every n a v.</summary>
    internal static bool LooksLatinOtherwise(string name)
    {
        var data = NameData.Current;
        var other = false;
        foreach (var rune in name.Normalize(NormalizationForm.FormD).EnumerateRunes())
        {
            if (data.OtherLooks.TryGetValue(rune.Value, out var look)) other = true;
            else if (!data.Skeletons.TryGetValue(rune.Value, out look)) look = rune.ToString();
            if (!Ascii.IsValid(look)) return false;
        }
        return other;
    }

    // The i (in a class with l) and the j have a dot already: a second one (U+0307) is drawn over the first.
    private static string WithoutSecondDots(string text)
    {
        if (!text.Contains('\u0307')) return text;
        var kept = new StringBuilder(text.Length);
        var dotted = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (dotted && rune.Value == 0x0307) continue;
            kept.Append(rune);
            if (!VaultName.IsMark(rune)) dotted = rune.Value is 'l' or 'j';
        }
        return kept.ToString();
    }
}
