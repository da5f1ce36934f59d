using System.IO.Compression;
using System.Text;

namespace SecureUserData.Vault.Naming;

/// <summary>What Unicode says about scripts and look-alikes, derived from its files (docs/vault-names.md). The data is
/// our own copy: what the runtime or its ICU knows differs from machine to machine, and two sides that disagree on a
/// skeleton let a look-alike in.</summary>
internal sealed class NameData
{
    /// <summary>The version of Unicode and of UTS #39 of all of the data.</summary>
    internal const string UnicodeVersion = "15.0.0";

    private static readonly Lazy<NameData> Loaded = new(() => new(ReadText()));

    private readonly List<(int First, int Last, ScriptSet Scripts)> scripts = [];
    private readonly List<(int First, int Last)> ignorable = [];
    private readonly Dictionary<int, string> skeletons = new(8192);
    private readonly Dictionary<int, string> otherLooks = [];

    private NameData(string text)
    {
        var sets = new Dictionary<string, ScriptSet>();
        var bits = new Dictionary<string, int>();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.IsEmpty) continue;
            var rest = line[2..];
            switch (line[0])
            {
                case 'v' when rest.SequenceEqual(UnicodeVersion): break;
                case 's': scripts.Add((Hex(ref rest), Hex(ref rest), Set(rest.ToString(), sets, bits))); break;
                case 'i': ignorable.Add((Hex(ref rest), Hex(ref rest))); break;
                case 'm': skeletons.Add(Hex(ref rest), Runes(rest)); break;
                case 'd': otherLooks.Add(Hex(ref rest), Runes(rest)); break;
                default: throw new InvalidDataException($"The data of names is not of Unicode {UnicodeVersion}.");
            }
        }
    }

    internal static NameData Current => Loaded.Value;

    /// <summary>Every character that looks like others, and what all of them are written as in a skeleton.</summary>
    internal IReadOnlyDictionary<int, string> Skeletons => skeletons;

    /// <summary>The characters that look like something else than their skeleton says, since their capital and their
    /// small letter look like two different Latin letters, and what these look like.</summary>
    internal IReadOnlyDictionary<int, string> OtherLooks => otherLooks;

    /// <summary>The scripts that a character is used with, augmented (UTS #39, 5.1); all for one that goes with all;
    /// none where this version of Unicode does not assign the character.</summary>
    internal ScriptSet ScriptsOf(Rune rune)
    {
        var (low, high) = (0, scripts.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var (first, last, set) = scripts[middle];
            if (rune.Value < first) high = middle - 1;
            else if (rune.Value > last) low = middle + 1;
            else return set;
        }
        return ScriptSet.None;
    }

    /// <summary>Whether a character shows nothing: Default_Ignorable_Code_Point.</summary>
    internal bool IsIgnorable(Rune rune)
    {
        foreach (var (first, last) in ignorable) // seventeen ranges
            if (rune.Value >= first && rune.Value <= last) return true;
        return false;
    }

    internal static string ReadText()
    {
        using var resource = typeof(NameData).Assembly.GetManifestResourceStream("names.txt.br")!;
        using var reader = new StreamReader(new BrotliStream(resource, CompressionMode.Decompress), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static ScriptSet Set(string names, Dictionary<string, ScriptSet> sets, Dictionary<string, int> bits)
    {
        if (names is "Zyyy" or "Zinh") return ScriptSet.All;
        if (sets.TryGetValue(names, out var set)) return set;
        foreach (var name in names.Split(' '))
        {
            set |= Script(name);
            // UTS #39, 5.1: Japanese mixes Han with both kana, Korean Han with Hangul, Taiwan Han with Bopomofo.
            set |= name switch
            {
                "Hani" => Script("Hanb") | Script("Jpan") | Script("Kore"),
                "Hira" or "Kana" => Script("Jpan"),
                "Hang" => Script("Kore"),
                "Bopo" => Script("Hanb"),
                _ => ScriptSet.None,
            };
        }
        return sets[names] = set;

        ScriptSet Script(string name)
        {
            if (!bits.TryGetValue(name, out var bit)) bits[name] = bit = bits.Count;
            return ScriptSet.Of(bit);
        }
    }

    // The number up to the next space, and what follows it. By hand: parsing is all of the time of the first name.
    private static int Hex(ref ReadOnlySpan<char> rest)
    {
        var (value, i) = (0, 0);
        for (; i < rest.Length && rest[i] != ' '; i++) value = value * 16 + HexDigit(rest[i]);
        rest = rest[Math.Min(i + 1, rest.Length)..];
        return value;
    }

    private static int HexDigit(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : digit - 'A' + 10;

    private static string Runes(ReadOnlySpan<char> rest)
    {
        Span<char> text = stackalloc char[64]; // the longest skeleton of one character has 18
        var length = 0;
        while (!rest.IsEmpty) length += new Rune(Hex(ref rest)).EncodeToUtf16(text[length..]);
        return new(text[..length]);
    }
}
