namespace SecureUserData;

/// <summary>Crockford's base32 in lower case: no i, l, o or u, and digits sort as their values.</summary>
internal static class Base32
{
    internal const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    internal static int Digit(char c) => Alphabet.IndexOf(c);

    /// <summary>Encodes bytes most significant bit first; a last incomplete group is padded with zero bits.</summary>
    internal static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new char[(bytes.Length * 8 + 4) / 5];
        int buffer = 0, bits = 0, at = 0;
        foreach (var b in bytes)
        {
            buffer = (buffer << 8) | b;
            bits += 8;
            while (bits >= 5)
            {
                bits -= 5;
                text[at++] = Alphabet[(buffer >> bits) & 31];
            }
            buffer &= (1 << bits) - 1;
        }
        if (bits > 0) text[at] = Alphabet[(buffer << (5 - bits)) & 31];
        return new string(text);
    }

    /// <summary>Decodes what <see cref="Encode"/> writes, and nothing else; null when it is not that.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">The number of bytes.</param>
    internal static byte[]? TryDecode(ReadOnlySpan<char> text, int length)
    {
        var bytes = new byte[length];
        int buffer = 0, bits = 0, at = 0;
        foreach (var c in text)
        {
            var digit = Digit(c);
            if (digit < 0) return null;
            buffer = (buffer << 5) | digit;
            bits += 5;
            if (bits < 8) continue;
            bits -= 8;
            if (at == length) return null;
            bytes[at++] = (byte)(buffer >> bits);
            buffer &= (1 << bits) - 1;
        }
        return at == length && text.SequenceEqual(Encode(bytes)) ? bytes : null;
    }
}
