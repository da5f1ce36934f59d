using System.Buffers.Binary;
using System.Text;
using SecureUserData.Embedded.Sqlite;

namespace SecureUserData.Tests.Integrity;

/// <summary>What SQLite leaves in the unused middle of pages goes with the next erasure.</summary>
public sealed class PageGapTests(Scene scene) : IClassFixture<Scene>
{
    private const int PageSize = 4_096;

    private static readonly byte[] Remnant = Encoding.ASCII.GetBytes("what a moved cell has left behind");

    [Fact]
    public async Task An_erasure_overwrites_what_is_left_in_the_gaps_of_pages_and_nothing_else()
    {
        using var folder = scene.Copy();
        var planted = Plant(folder);
        Assert.True(planted >= 5, $"only {planted} pages have room");
        await using (var engine = await folder.OpenAsync())
        {
            var shop = await engine.SignInAsync(scene.Shop.Credential);
            await shop.Get(scene.Bob).SetFieldAsync("city", "Bern"); // the writer has pages in memory as they were
            await shop.EraseAsync(scene.Ada, cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(0, Count(folder));
            for (var i = 0; i < 20; i++)
                await shop.Get(scene.Bob).SetFieldAsync("city", $"Bern {i}"); // and writes none of it back
            Assert.Equal("bob", (await Scene.ReadAsync(engine, scene.Orders, scene.Bob)).Fields["name"]);
            await engine.VerifyLogAsync(null, TestContext.Current.CancellationToken);
        }
        Assert.Equal(0, Count(folder));
        Assert.Equal("ok", Assert.Single(folder.Texts("PRAGMA integrity_check")));
    }

    [Fact]
    public void Only_gaps_are_found_and_overwritten()
    {
        using var folder = scene.Copy();
        using (var left = new PageGaps(folder.Database)) left.Overwrite(left.Find()); // by SQLite itself
        var before = File.ReadAllBytes(folder.Database);
        var planted = Plant(folder);

        using (var gaps = new PageGaps(folder.Database))
        {
            var pages = gaps.Find();
            Assert.Equal(planted, pages.Count);
            gaps.Overwrite(pages);
            Assert.Empty(gaps.Find());
        }

        Assert.Equal(before, File.ReadAllBytes(folder.Database));
    }

    /// <summary>Puts a remnant into the gap of every page that has room for it, at its beginning or its end.</summary>
    internal static int Plant(DataFolder folder)
    {
        var bytes = File.ReadAllBytes(folder.Database);
        var planted = 0;
        for (var at = 0; at < bytes.Length; at += PageSize)
        {
            var page = bytes.AsSpan(at, PageSize);
            var start = at == 0 ? 100 : 0;
            if (page[start] is not (2 or 5 or 10 or 13)) continue;
            var cells = BinaryPrimitives.ReadUInt16BigEndian(page[(start + 3)..]);
            var from = start + (page[start] < 10 ? 12 : 8) + 2 * cells;
            var to = (int)BinaryPrimitives.ReadUInt16BigEndian(page[(start + 5)..]);
            if (to - from < Remnant.Length) continue;
            Remnant.CopyTo(page[(planted % 2 == 0 ? from : to - Remnant.Length)..]);
            planted++;
        }
        File.WriteAllBytes(folder.Database, bytes);
        return planted;
    }

    internal static int Count(DataFolder folder)
    {
        var count = 0;
        foreach (var file in Directory.GetFiles(folder.Path, "sud.db*"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            for (var rest = bytes.AsSpan(); rest.IndexOf(Remnant) is var at and >= 0; rest = rest[(at + 1)..]) count++;
        }
        return count;
    }
}
