namespace SecureUserData.Tests.Integrity;

/// <summary>Every single byte of what the log stores, changed in the file itself.</summary>
public sealed class LogBytesTests(Scene scene) : IClassFixture<Scene>
{
    [Fact]
    public Task A_changed_byte_of_a_row_is_found() => EveryByteAsync("log", folder =>
        folder.Value<long>("SELECT rowid FROM log WHERE chain = $1 AND sequence = 3", scene.Ada.ToString()));

    [Fact]
    public Task A_changed_byte_of_the_newest_row_is_found() =>
        EveryByteAsync("log", folder => folder.Value<long>("SELECT max(rowid) FROM log"));

    [Fact]
    public Task A_changed_byte_of_the_first_row_is_found() =>
        EveryByteAsync("log", folder => folder.Value<long>("SELECT min(rowid) FROM log"));

    [Fact]
    public Task A_changed_byte_of_a_batch_is_found() =>
        EveryByteAsync("log_batch", folder => folder.Value<long>("SELECT rowid FROM log_batch WHERE rowid = 4"));

    [Fact]
    public Task A_changed_byte_of_the_newest_batch_is_found() =>
        EveryByteAsync("log_batch", folder => folder.Value<long>("SELECT max(rowid) FROM log_batch"));

    private async Task EveryByteAsync(string table, Func<DataFolder, long> rowid)
    {
        using var folder = scene.Copy();
        var cell = Find(folder, table, rowid(folder));
        Assert.InRange(cell.Length, 70, 1_000);
        var original = File.ReadAllBytes(folder.Database);
        await using (var engine = await folder.OpenAsync()) await engine.VerifyLogAsync(); // nothing is found before
        for (var i = 0; i < cell.Length; i++)
            foreach (var value in Changes(original[cell.Offset + i], all: i < cell.HeaderLength))
            {
                var changed = original.ToArray();
                changed[cell.Offset + i] = value;
                File.WriteAllBytes(folder.Database, changed);
                await Scene.AssertFoundAsync(
                    folder,
                    $"byte {i} of {cell.Length} of a row of {table}, {original[cell.Offset + i]:x2} to {value:x2}");
            }
    }

    /// <summary>Each bit of a header byte flipped; of the others one bit, and the next value.</summary>
    private static IEnumerable<byte> Changes(byte original, bool all) => all
        ? Enumerable.Range(0, 8).Select(bit => (byte)(original ^ (1 << bit))).Append((byte)(original + 1)).Distinct()
        : [(byte)(original ^ 0x20), (byte)(original + 1)];

    private static BTreeCell Find(DataFolder folder, string table, long rowid) => BTreeCell.Find(
        File.ReadAllBytes(folder.Database),
        folder.Value<long>("SELECT rootpage FROM sqlite_schema WHERE name = $1", table),
        rowid);
}
