namespace SecureUserData.Tests.Backups;

/// <summary>Searches files for pieces of values.</summary>
internal static class Pieces
{
    private const int Length = 16;

    /// <summary>Where the files of a folder hold any 16 bytes in a row of which of these; the first place of each.
    /// </summary>
    internal static Dictionary<int, string> Find(string folder, IReadOnlyList<byte[]> values)
    {
        var pieces = new Dictionary<(ulong, ulong), int>();
        for (var i = 0; i < values.Count; i++)
            for (var at = 0; at + Length <= values[i].Length; at++) pieces[Key(values[i].AsSpan(at))] = i;
        var found = new Dictionary<int, string>();
        foreach (var file in Directory.GetFiles(folder))
        {
            if (Path.GetFileName(file) == "sud.lock") continue; // empty
            var bytes = File.ReadAllBytes(file);
            for (var at = 0; at + Length <= bytes.Length; at++)
                if (pieces.TryGetValue(Key(bytes.AsSpan(at)), out var value))
                    found.TryAdd(value, $"{Path.GetFileName(file)}, page {at / 4096 + 1}, byte {at % 4096}");
        }
        return found;
    }

    private static (ulong, ulong) Key(ReadOnlySpan<byte> piece) =>
        (BitConverter.ToUInt64(piece), BitConverter.ToUInt64(piece[8..]));
}
