using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Backups;

/// <summary>A backup that was damaged or changed is refused, and the place is named.</summary>
public sealed class DamagedBackupTests(Scene scene) : IClassFixture<Scene>
{
    [Fact]
    public async Task Whatever_byte_of_the_database_is_damaged_the_backup_is_refused()
    {
        using var folder = scene.Copy();
        using var place = new BackupPlace();
        await place.CreateAsync(folder);
        var original = File.ReadAllBytes(place.Database);
        var random = new Random(20261122);
        for (var time = 0; time < 20; time++)
        {
            var damaged = original.ToArray();
            damaged[random.Next(damaged.Length)] ^= (byte)random.Next(1, 256);
            File.WriteAllBytes(place.Database, damaged);
            await place.AssertRefusedAsync(ErrorCode.Tampered, "the file sud.db of the backup");
        }
        File.WriteAllBytes(place.Database, original[..^4096]);
        await place.AssertRefusedAsync(ErrorCode.Tampered, "the file sud.db of the backup");
        File.WriteAllBytes(place.Database, original);
        await place.VerifyAsync();
    }

    [Fact]
    public async Task Whoever_makes_the_digest_fit_is_found_by_the_keys()
    {
        using var folder = scene.Copy();
        using var place = new BackupPlace();
        await place.CreateAsync(folder);
        (string Sql, string Place)[] changes =
        [
            ($"UPDATE state SET tags = '' WHERE id = '{scene.Ada}'", $"the state of {scene.Ada}"),
            ($"DELETE FROM tag WHERE id = '{scene.Ada}'", $"the index of {scene.Ada}"),
            ($"INSERT INTO tag VALUES ('x', '{scene.Ada}')", $"the index of {scene.Ada}"),
            ($"UPDATE log SET body = x'00' WHERE chain = '{scene.Ada}' AND sequence = 2", "entry 2"),
            ($"DELETE FROM state WHERE id = '{scene.Shop.Id}'", "the state of"),
            ($"DELETE FROM record WHERE user = '{scene.Ada}'", "the manifest"),
        ];
        var (database, manifest) = (File.ReadAllBytes(place.Database), File.ReadAllText(place.Manifest));
        foreach (var (sql, named) in changes)
        {
            Sql(place, sql);
            place.MakeDigestFit();

            await place.AssertRefusedAsync(ErrorCode.Tampered, named);

            File.WriteAllBytes(place.Database, database);
            File.WriteAllText(place.Manifest, manifest);
        }
    }

    [Fact]
    public async Task What_is_no_backup_or_another_programs_is_refused()
    {
        using var folder = scene.Copy();
        using var place = new BackupPlace();
        await place.AssertRefusedAsync(ErrorCode.NotFound, "There is no backup");
        await place.CreateAsync(folder);
        var manifest = File.ReadAllText(place.Manifest);
        File.WriteAllText(place.Manifest, manifest[..^20]);
        await place.AssertRefusedAsync(ErrorCode.Tampered, "the manifest of the backup");
        File.WriteAllText(place.Manifest, "{\"format\":\"sud-backup/1\"}");
        await place.AssertRefusedAsync(ErrorCode.Tampered, "the manifest of the backup");
        File.WriteAllText(place.Manifest, manifest.Replace("sud-backup/1", "sud-backup/2", StringComparison.Ordinal));
        await place.AssertRefusedAsync(ErrorCode.Unavailable, "newer SecureUserData");
        File.WriteAllText(place.Manifest, Regex.Replace(manifest, @"\[\s+1\s+\]", "[1, 7]"));
        await place.AssertRefusedAsync(ErrorCode.Unavailable, "needs version 7 of the master key");
        File.WriteAllText(place.Manifest, manifest);
        File.WriteAllText(place.Database + "-wal", "x");
        await place.AssertRefusedAsync(ErrorCode.Unavailable, "A purge of this backup was interrupted");
    }

    private static void Sql(BackupPlace place, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={place.Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.True(command.ExecuteNonQuery() > 0, sql);
    }
}
