using SecureUserData.Embedded.Sqlite;

namespace SecureUserData.Tests.Integrity;

/// <summary>The write-ahead log that a crash has left beside the database.</summary>
public sealed class LogFileTests(Scene scene) : IClassFixture<Scene>
{
    private const string Unpaired = "do not belong together";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_crash()
    {
        using var folder = await CrashedFolder.MakeAsync(scene, 20);
        Assert.Equal(20, await OpenedAsync(folder));
        Assert.False(File.Exists(folder.Log), "the log is left after closing");
        Assert.Equal(20, await OpenedAsync(folder));
    }

    [Fact]
    public async Task The_log_of_another_installation_is_refused()
    {
        using var folder = scene.Copy();
        var other = new Scene();
        await other.InitializeAsync();
        using (var theirs = await CrashedFolder.MakeAsync(other)) File.Copy(theirs.Log, folder.Log);
        await other.DisposeAsync();
        await RefusedFolder.AssertAsync(folder, ErrorCode.Unavailable, Unpaired);
        File.Delete(folder.Log);
        await OpenedAsync(folder);
    }

    [Fact]
    public async Task A_newer_log_beside_a_backup_of_the_file_is_refused()
    {
        using var backup = scene.Copy();
        using var folder = scene.Copy();
        for (var day = 0; day < 2; day++)
            await using (var engine = await folder.OpenAsync()) await CrashedFolder.PutAsync(engine, scene, 1);
        await using (var engine = await folder.OpenAsync())
        {
            await CrashedFolder.PutAsync(engine, scene, 1);
            File.Copy(folder.Log, backup.Log);
        }
        await RefusedFolder.AssertAsync(backup, ErrorCode.Unavailable, Unpaired);
    }

    [Fact]
    public async Task The_log_of_another_program_is_refused()
    {
        using var folder = scene.Copy();
        using var theirs = new DataFolder();
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={theirs.Database};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode=WAL; CREATE TABLE note (text TEXT)";
            command.ExecuteNonQuery();
            File.Copy(theirs.Log, folder.Log);
        }
        await RefusedFolder.AssertAsync(folder, ErrorCode.Unavailable, Unpaired);
    }

    [Fact]
    public async Task The_wrong_master_key_leaves_the_log_of_a_crash_as_it_is()
    {
        using var folder = await CrashedFolder.MakeAsync(scene);
        await RefusedFolder.AssertAsync(
            folder,
            ErrorCode.Unavailable,
            "master key",
            () => folder.OpenAsync("1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
        Assert.Equal(20, await OpenedAsync(folder));
    }

    [Fact]
    public async Task Garbage_at_the_end_of_the_log_changes_nothing()
    {
        const int seed = 20260302;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var crashed = await CrashedFolder.MakeAsync(scene);
        foreach (var length in (int[])[1, 23, 24, 100, 4_119, 4_120, 20_000])
        {
            using var folder = CrashedFolder.Copy(crashed);
            var garbage = new byte[length];
            random.NextBytes(garbage);
            using (var log = File.Open(folder.Log, FileMode.Append)) log.Write(garbage);
            Assert.Equal(20, await OpenedAsync(folder));
        }
    }

    [Fact]
    public async Task A_log_that_is_cut_anywhere_opens_with_what_is_whole_in_it()
    {
        const int seed = 20260301;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var crashed = await CrashedFolder.MakeAsync(scene);
        var all = File.ReadAllBytes(crashed.Log);
        var counts = new List<int>();
        foreach (var length in Enumerable.Range(0, 12).Select(_ => random.Next(all.Length)).Append(0).Order())
        {
            using var folder = CrashedFolder.Copy(crashed);
            File.WriteAllBytes(folder.Log, all[..length]);
            counts.Add(await OpenedAsync(folder));
        }
        Assert.Equal(counts.Order(), counts); // never more of less
        Assert.Equal(0, counts[0]);
        Assert.InRange(counts[^1], 1, 19);
    }

    [Fact]
    public async Task A_file_that_lacks_pages_is_refused_whatever_the_log_holds()
    {
        using var crashed = await CrashedFolder.MakeAsync(scene);
        var all = File.ReadAllBytes(crashed.Database);
        for (var length = 8_192; length < all.Length; length += 12_288)
        {
            using var folder = CrashedFolder.Copy(crashed);
            File.WriteAllBytes(folder.Database, all[..(length - 1)]);
            await RefusedFolder.AssertAsync(folder, ErrorCode.Tampered, "shorter than it was");
        }
    }

    [Fact]
    public async Task A_file_whose_last_pages_are_in_the_log_alone_opens()
    {
        using var folder = await CrashedFolder.MakeAsync(scene, 200);
        var header = File.ReadAllBytes(folder.Database);
        using (var connection = SqliteFile.OpenReader(folder.Database))
            Assert.True(SqliteFile.Number(connection, "PRAGMA page_count") * 4_096 > header.Length, "it has not grown");
        Assert.Equal(200, await OpenedAsync(folder));
    }

    [Fact]
    public async Task A_fold_that_was_cut_short_after_its_first_page_is_made_up_for()
    {
        using var crashed = await CrashedFolder.MakeAsync(scene, 200);
        using var folded = CrashedFolder.Copy(crashed);
        Assert.Equal(0, folded.Value<long>("PRAGMA wal_checkpoint(TRUNCATE)"));
        var pages = File.ReadAllBytes(folded.Database);
        using var folder = CrashedFolder.Copy(crashed);
        using (var file = File.OpenWrite(folder.Database)) file.Write(pages, 0, 4_096); // tells of more pages
        Assert.Equal(200, await OpenedAsync(folder));
    }

    /// <summary>Opens and verifies a folder, and counts the letters in it, each of which decrypts.</summary>
    private async Task<int> OpenedAsync(DataFolder folder)
    {
        await using var engine = await folder.OpenAsync();
        await engine.VerifyLogAsync(null, Cancellation);
        return await CrashedFolder.CountAsync(engine, scene);
    }
}
