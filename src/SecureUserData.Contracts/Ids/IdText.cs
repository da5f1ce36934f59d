namespace SecureUserData;

/// <summary>The text of an id, <c>{ prefix || 26 characters }</c>: 128 bits in Crockford's base32, most significant
/// first, so that ids sort as text in the order of their time.</summary>
internal static class IdText
{
    internal const int DigitCount = 26;

    internal static string Format(string prefix, UInt128 value) =>
        string.Create(prefix.Length + DigitCount, (prefix, value), static (text, id) =>
        {
            id.prefix.CopyTo(text);
            var rest = id.value;
            for (var i = text.Length - 1; i >= id.prefix.Length; i--)
            {
                text[i] = Base32.Alphabet[(int)((ulong)rest & 31)];
                rest >>= 5;
            }
        });

    internal static bool TryParse(ReadOnlySpan<char> text, string prefix, out UInt128 value)
    {
        value = UInt128.Zero;
        if (text.Length != prefix.Length + DigitCount || !text.StartsWith(prefix, StringComparison.Ordinal))
            return false;
        var digits = text[prefix.Length..];
        if (Base32.Digit(digits[0]) is < 0 or > 7) return false; // 26 digits hold 130 bits; the first two stay zero
        foreach (var c in digits)
        {
            var digit = Base32.Digit(c);
            if (digit < 0) return false;
            value = (value << 5) | (uint)digit;
        }
        return true;
    }

    internal static UInt128 Parse(string? text, string prefix, string what) =>
        text is not null && TryParse(text, prefix, out var value)
            ? value
            : throw SecureUserDataException.Invalid(
                $"That is not {what}: expected '{prefix}' followed by {DigitCount} letters and digits.");
}
