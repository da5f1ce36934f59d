using SecureUserData.Cryptography;
using SecureUserData.Embedded;

namespace SecureUserData.Tests.Integrity;

/// <summary>What an engine refuses to open.</summary>
public sealed class FolderTests(Scene scene) : IClassFixture<Scene>
{
    private const string Other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    [Theory]
    [InlineData("1:" + Other)]
    [InlineData("2:" + Other)]
    [InlineData("2:" + Other + ",1:" + Other)]
    public async Task The_wrong_master_key_is_refused_and_nothing_is_touched(string masters)
    {
        using var folder = scene.Copy();
        await using (await folder.OpenAsync())
        {
        }
        var before = folder.Digests();
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => folder.OpenAsync(masters));
        Assert.Equal(ErrorCode.Unavailable, refusal.Code);
        Assert.Contains("master key", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Other[..10], refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, folder.Digests());
        await using var engine = await folder.OpenAsync(); // and the right one still opens
    }

    [Fact]
    public async Task A_ring_that_lacks_the_version_in_use_is_refused_whatever_newer_keys_it_has()
    {
        using var folder = scene.Copy();
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
            () => folder.OpenAsync("3:HxkdHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=,2:" + Other));
        Assert.Equal(ErrorCode.Unavailable, refusal.Code);
    }

    [Fact]
    public async Task A_newer_key_in_front_of_the_right_one_opens()
    {
        using var folder = scene.Copy();
        await using var engine = await folder.OpenAsync($"2:{Other},{DataFolder.Masters}");
        await Scene.ReadAsync(engine, scene.Letters, scene.Ada);
    }

    [Fact]
    public async Task A_second_engine_on_the_same_folder_is_refused()
    {
        using var folder = scene.Copy();
        await using (var engine = await folder.OpenAsync())
        {
            var refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => folder.OpenAsync());
            Assert.Equal(ErrorCode.Unavailable, refusal.Code);
            Assert.Contains("another process", refusal.Message, StringComparison.Ordinal);
            await Scene.ReadAsync(engine, scene.Letters, scene.Ada); // the first one is not disturbed
        }
        await using var again = await folder.OpenAsync();
    }

    [Fact]
    public async Task A_folder_without_an_installation_is_not_found_and_stays_empty()
    {
        using var folder = new DataFolder();
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => folder.OpenAsync());
        Assert.Equal(ErrorCode.NotFound, refusal.Code);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_second_installation_is_not_set_up_over_the_first()
    {
        using var folder = scene.Copy();
        var before = File.ReadAllBytes(folder.Database);
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
            () => EmbeddedEngine.CreateAsync(folder.Path, MasterKeyRing.Parse(DataFolder.Masters)));
        Assert.Equal(ErrorCode.Conflict, refusal.Code);
        Assert.Equal(before, File.ReadAllBytes(folder.Database));
    }

    [Fact]
    public async Task Somebody_elses_database_is_refused_and_not_touched()
    {
        using var folder = new DataFolder();
        folder.Sql("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine')");
        var before = File.ReadAllBytes(folder.Database);
        await AssertRefusedAsync(folder, "not SecureUserData's");
        Assert.Equal(before, File.ReadAllBytes(folder.Database));
    }

    [Theory]
    [InlineData(0, "not SecureUserData's")]
    [InlineData(99, "one that knows schema version 99")]
    public async Task Another_schema_version_is_refused(int version, string text)
    {
        using var folder = scene.Copy();
        folder.Sql($"PRAGMA user_version={version}");
        await AssertRefusedAsync(folder, text);
    }

    [Fact]
    public async Task What_is_no_database_is_refused()
    {
        using var folder = new DataFolder();
        File.WriteAllText(folder.Database, new string('x', 5_000));
        await AssertRefusedAsync(folder, "damaged");
        File.WriteAllBytes(folder.Database, []);
        await AssertRefusedAsync(folder, "not SecureUserData's");
    }

    [Fact]
    public async Task A_truncated_database_is_refused_or_found_by_verify_at_every_page()
    {
        using var folder = scene.Copy();
        var original = File.ReadAllBytes(folder.Database);
        for (var length = 4_096; length < original.Length; length += 4_096)
        {
            File.WriteAllBytes(folder.Database, original[..length]);
            await Scene.AssertFoundAsync(folder, $"truncated to {length} of {original.Length} bytes");
        }
        File.WriteAllBytes(folder.Database, original[..100]);
        await Scene.AssertFoundAsync(folder, "truncated to the header");
    }

    private static async Task AssertRefusedAsync(DataFolder folder, string text)
    {
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => folder.OpenAsync());
        Assert.Contains(text, refusal.Message, StringComparison.Ordinal);
        refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => folder.OpenAsync());
        // The lock was given back.
        Assert.DoesNotContain("another process", refusal.Message, StringComparison.Ordinal);
    }
}
