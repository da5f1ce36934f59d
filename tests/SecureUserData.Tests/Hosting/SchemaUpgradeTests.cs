using SecureUserData.Embedded.Sqlite;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Hosting;

/// <summary>A file of an older schema version is upgraded when it is opened, step by step, each whole or not at all.
/// </summary>
public sealed class SchemaUpgradeTests(Scene scene) : IClassFixture<Scene>
{
    private static readonly string[] Scripts =
    [
        "",
        "CREATE TABLE note (text TEXT); INSERT INTO note SELECT id FROM state;",
        "ALTER TABLE note ADD COLUMN more TEXT; UPDATE note SET more = upper(text);",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_of_version_1_is_upgraded_when_it_is_opened(bool crashed)
    {
        using var folder = scene.Copy();
        folder.Sql("DROP INDEX unique_key_holder"); // what later versions have
        folder.Sql("PRAGMA user_version=1");
        if (crashed) File.WriteAllBytes(folder.Log, LogOfVersion1(folder));
        await using (var engine = await folder.OpenAsync())
        {
            await engine.VerifyLogAsync(null, Cancellation);
            await Scene.ReadAsync(engine, scene.Letters, scene.Ada);
            Assert.Equal(crashed, folder.Value<long>("SELECT count(*) FROM meta WHERE name = 'note'") == 1);
        }
        var version = FileVersion.Of(folder.Value<long>("PRAGMA user_version"));
        Assert.Equal(SchemaUpgrades.Newest(SchemaUpgrades.All), version.Schema);
        Assert.NotEqual(0, version.Log);
        Assert.Equal(1, folder.Value<long>("SELECT count(*) FROM sqlite_schema WHERE name = 'unique_key_holder'"));
        Assert.Equal(["sud.db", "sud.lock"], folder.Digests().Keys.Order()); // no copy is kept
    }

    [Fact]
    public void Every_step_that_is_missing_is_done_in_order()
    {
        using var folder = scene.Copy();
        folder.Sql("PRAGMA user_version=1");
        Assert.Equal(4, Upgraded(folder, Scripts));
        Assert.Equal("INSTALLATION", folder.Value<string>("SELECT more FROM note WHERE text = 'installation'"));
        Assert.Equal(4, Upgraded(folder, Scripts));
    }

    [Fact]
    public void A_step_that_fails_half_way_leaves_the_version_before_it()
    {
        using var folder = scene.Copy();
        folder.Sql("PRAGMA user_version=1");
        string[] broken = [.. Scripts[..2], "ALTER TABLE note ADD COLUMN more TEXT; INSERT INTO nowhere VALUES (1);"];
        Assert.Throws<SecureUserDataException>(() => Upgraded(folder, broken));
        Assert.Equal(3, FileVersion.Of(folder.Value<long>("PRAGMA user_version")).Schema);
        Assert.Equal(0, folder.Value<long>("SELECT count(*) FROM pragma_table_info('note') WHERE name = 'more'"));
        Assert.Equal(4, Upgraded(folder, Scripts));
    }

    [Fact]
    public void A_crash_in_the_middle_of_a_step_leaves_the_version_before_it()
    {
        using var folder = scene.Copy();
        folder.Sql("PRAGMA user_version=1");
        using var crashed = new DataFolder();
        using (var connection = SqliteFile.OpenWriter(folder.Database, create: false))
        {
            var log = new WriteAheadLog(connection);
            log.Fold();
            SchemaUpgrades.Run(log, Scripts[..2]);
            SqliteFile.Execute(connection, "PRAGMA cache_size=1");
            SqliteFile.Execute(
                connection,
                """
                BEGIN IMMEDIATE; ALTER TABLE note ADD COLUMN more TEXT;
                INSERT INTO note SELECT hex(randomblob(2000)), '' FROM state, state;
                """);
            File.Copy(folder.Database, crashed.Database);
            File.Copy(folder.Log, crashed.Log);
        }
        Assert.True(new FileInfo(crashed.Log).Length > 100_000, "nothing of the step was on the disk");
        Assert.Equal(4, Upgraded(crashed, Scripts));
        Assert.Equal(
            crashed.Value<long>("SELECT count(*) FROM state"), crashed.Value<long>("SELECT count(*) FROM note"));
    }

    [Fact]
    public async Task A_newer_version_in_the_log_of_a_crash_is_refused_and_left_as_it_is()
    {
        using var folder = scene.Copy();
        using var crashed = new DataFolder();
        using (var connection = SqliteFile.OpenWriter(folder.Database, create: false))
        {
            var log = new WriteAheadLog(connection);
            log.Fold();
            log.Transact("CREATE TABLE later (x);", 7);
            File.Copy(folder.Database, crashed.Database);
            File.Copy(folder.Log, crashed.Log);
        }
        await RefusedFolder.AssertAsync(crashed, ErrorCode.Unavailable, "knows schema version 7");
    }

    private static int Upgraded(DataFolder folder, string[] scripts)
    {
        using var connection = SqliteFile.OpenWriter(folder.Database, create: false, scripts);
        var log = new WriteAheadLog(connection);
        log.Fold();
        SchemaUpgrades.Run(log, scripts);
        WriteAheadLog.FoldOnClose(connection, true);
        return log.Version.Schema;
    }

    /// <summary>A log as version 1 wrote it: without a number.</summary>
    private static byte[] LogOfVersion1(DataFolder folder)
    {
        using var copy = folder.Copy();
        using var connection = SqliteFile.OpenReader(copy.Database);
        SqliteFile.Execute(connection, "PRAGMA query_only=OFF; INSERT INTO meta (name, value) VALUES ('note', 5)");
        return File.ReadAllBytes(copy.Log);
    }
}
