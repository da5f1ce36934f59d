using System.Text;

namespace SecureUserData.Vault.Tests.Names;

/// <summary>Puts characters into classes: what case folding or a line of confusables.txt calls the same, in any number
/// of steps. A step that would make two letters of one alphabet the same, or a letter a part of itself, is left
/// out: by the Greek nu, N and v, n would be v.</summary>
internal sealed class LookAlikes
{
    private readonly Dictionary<Rune, Rune> parents = [];
    private readonly Dictionary<Rune, Rune[]> expansions = []; // of a root: m is rn
    private readonly Dictionary<Rune, Dictionary<string, string>> letters = []; // of a root: alphabet to its letter

    private readonly IReadOnlyList<(int First, int Last)> ignorables;
    private readonly Dictionary<Rune, string> folds;
    private readonly Dictionary<Rune, string> looks;

    internal LookAlikes(UnicodeFiles files)
    {
        ignorables = files.Ignorables();
        folds = files.Folds().Where(fold => IsLookedUp(fold.Source))
            .ToDictionary(fold => fold.Source, fold => Nfd(fold.Folded));
        // The ypogegrammeni (U+0345) folds to a letter and looks like an ogonek, which must not become that letter.
        looks = files.Confusables().Where(line => IsLookedUp(line.Source) && line.Source.Value != 0x0345)
            .ToDictionary(line => line.Source, line => Nfd(line.Look));
        foreach (var alphabet in Alphabets())
            foreach (var rune in alphabet.EnumerateRunes()) // two that look the same alone are one letter
                letters[rune] = new() { [alphabet] = Alone(rune) };
        foreach (var twin in " _.".EnumerateRunes()) Join(twin, new('-'));
        foreach (var (source, folded) in folds.OrderBy(fold => fold.Key.Value))
            if (!Add(source, folded)) throw new InvalidDataException($"Folding {source} makes two letters one.");
        foreach (var (source, look) in looks.OrderBy(line => Priority(line.Key, line.Value)).ThenBy(line => line.Key))
            Add(source, look);
        foreach (var (source, plain) in Compatible(files)) Add(source, plain);
    }

    /// <summary>All characters whose skeleton is another text.</summary>
    internal IEnumerable<(Rune Source, string Skeleton)> Skeletons() => parents.Keys.Order()
        .Select(rune => (Source: rune, Skeleton: Nfd(Skeleton(rune))))
        .Where(pair => pair.Skeleton != pair.Source.ToString());

    /// <summary>What characters look like as they are written, where it is not what their skeleton looks like: a line
    /// of confusables.txt was left out, or only the other case looks like an ASCII letter.</summary>
    internal IEnumerable<(Rune Source, string Look)> OtherLooks() => parents.Keys.Order()
        .Select(rune => (Source: rune, Look: looks.GetValueOrDefault(rune) ?? Plain(rune)))
        .Where(pair => IsLeftOut(pair.Source, pair.Look)
            || Ascii.IsValid(Skeleton(pair.Source)) && !Ascii.IsValid(pair.Look));

    /// <summary>The lines of confusables.txt that were left out.</summary>
    internal IEnumerable<Rune> LeftOut() =>
        looks.Where(line => IsLeftOut(line.Key, line.Value)).Select(line => line.Key).Order();

    internal static bool IsWhole(Rune rune) => Nfd(rune.ToString()) == rune.ToString();

    internal static string Nfd(string text) => text.Normalize(NormalizationForm.FormD);

    // UTS #39 leaves fullwidth letters and the like to NFKC, which is for identifiers; here they are look-alikes.
    private IEnumerable<(Rune Source, string Plain)> Compatible(UnicodeFiles files) => files.Scripts()
        .SelectMany(range => Enumerable.Range(range.First, range.Last - range.First + 1))
        .Where(Rune.IsValid).Select(value => new Rune(value))
        .Where(rune => Rune.IsLetterOrDigit(rune) && IsLookedUp(rune))
        .Select(rune => (Source: rune, Plain: Plain(rune)))
        .Where(pair => pair.Plain != pair.Source.ToString());

    // NFD comes before the look-up: what it takes apart is never looked up, and what shows nothing is left out.
    private bool IsLookedUp(Rune rune) =>
        IsWhole(rune) && !ignorables.Any(range => rune.Value >= range.First && rune.Value <= range.Last);

    private static string Plain(Rune rune) => rune.ToString().Normalize(NormalizationForm.FormKD);

    private static string[] Alphabets() =>
    [
        Letters(0x21, 0x7E, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_."),
        Letters(0x03B1, 0x03C9), // Greek
        Letters(0x0430, 0x044F, "ь"), // Cyrillic: the soft sign looks like b, and stands where no в does
        Letters(0x0561, 0x0586), // Armenian
    ];

    private static string Letters(int first, int last, string without = "") => string.Concat(
        Enumerable.Range(first, last - first + 1).Select(i => (char)i)
            .Where(c => IsWhole(new(c)) && !without.Contains(c)));

    private bool IsLeftOut(Rune source, string look) =>
        Nfd(string.Concat(look.EnumerateRunes().Select(Skeleton))) != Nfd(Skeleton(source));

    private string Alone(Rune rune)
    {
        for (var text = rune.ToString(); ;)
        {
            var next = Mapped(Mapped(text, folds), looks);
            next = Mapped(next, folds).Replace('i', 'l'); // by way of I
            if (next == text) return text;
            text = next;
        }
    }

    private static string Mapped(string text, Dictionary<Rune, string> map) =>
        Nfd(string.Concat(text.EnumerateRunes().Select(rune => map.GetValueOrDefault(rune, rune.ToString()))));

    // First what Latin letters and digits themselves look like, then what looks like these: capitals first, since
    // names in capitals leave out the accents that tell Greek from Latin.
    private static int Priority(Rune source, string look) => (source.IsAscii, Ascii.IsValid(look)) switch
    {
        (true, _) => 0,
        (_, true) => (source.Value > 0x0590 ? 3 : 1) + (Rune.IsUpper(source) ? 0 : 1),
        _ => source.Value > 0x0590 ? 6 : 5,
    };

    private bool Add(Rune source, string look)
    {
        Rune[] runes = [.. look.EnumerateRunes()];
        if (runes.Length == 1) return Join(source, runes[0]);
        var root = Root(source);
        if (expansions.ContainsKey(root) || Reaches(runes, root)) return false;
        if (letters.TryGetValue(root, out var own) && own.Keys.Any(a => a.Contains('a')) && !source.IsAscii)
            return false;
        expansions[root] = runes;
        return true;
    }

    private bool Join(Rune one, Rune other)
    {
        var (a, b) = (Root(one), Root(other));
        if (a == b) return true;
        var (long1, long2) = (expansions.GetValueOrDefault(a), expansions.GetValueOrDefault(b));
        if (long1 is not null && long2 is not null) return false;
        if (long1 is not null && (Reaches(long1, b) || IsLatin(b))) return false;
        if (long2 is not null && (Reaches(long2, a) || IsLatin(a))) return false;
        var (mine, others) = (letters.GetValueOrDefault(a) ?? [], letters.GetValueOrDefault(b) ?? []);
        if (mine.Any(letter => others.TryGetValue(letter.Key, out var same) && same != letter.Value)) return false;
        var (root, child) = Rank(a).CompareTo(Rank(b)) <= 0 ? (a, b) : (b, a);
        parents[child] = root;
        if ((long1 ?? long2) is { } expansion) (expansions[root], _) = (expansion, expansions.Remove(child));
        letters[root] = mine.Concat(others.Where(letter => !mine.ContainsKey(letter.Key))).ToDictionary();
        return true;
    }

    private bool IsLatin(Rune root) => letters.TryGetValue(root, out var own) && own.Keys.Any(a => a.Contains('a'));

    // A class is written as l or o for the sake of its look, else as another ASCII letter, else as its first character.
    private static (int, int) Rank(Rune rune)
    {
        var rank = rune.Value is 'l' or 'o' or '-' ? 0 : !rune.IsAscii ? 3 : Rune.IsLower(rune) ? 1 : 2;
        return (rank, rune.Value);
    }

    private bool Reaches(IEnumerable<Rune> runes, Rune root) => runes.Select(Root)
        .Any(rune => rune == root || expansions.TryGetValue(rune, out var more) && Reaches(more, root));

    private string Skeleton(Rune rune) => expansions.TryGetValue(Root(rune), out var runes)
        ? string.Concat(runes.Select(Skeleton)) : Root(rune).ToString();

    private Rune Root(Rune rune)
    {
        parents.TryAdd(rune, rune);
        while (parents[rune] != rune) rune = parents[rune];
        return rune;
    }
}
