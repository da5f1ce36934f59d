using System.Diagnostics;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;

namespace SecureUserData.Tests.Integrity;

/// <summary>What stands in place of the database or beside it, and is refused: with a way out, untouched, and with
/// nothing held.</summary>
public sealed class OpeningTests(Scene scene) : IClassFixture<Scene>
{
    private const string NotOurs = "not SecureUserData's, or it is damaged";

    [Theory]
    [InlineData(0)]
    [InlineData(99)]
    [InlineData(50_000)]
    public async Task What_is_no_database_is_refused(int length)
    {
        using var folder = new DataFolder();
        File.WriteAllText(folder.Database, new string('x', length));
        await RefusedFolder.AssertAsync(folder, ErrorCode.Unavailable, NotOurs);
        using var right = scene.Copy();
        File.Copy(right.Database, folder.Database, overwrite: true);
        await AssertOpensAsync(folder);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(4_096)]
    public async Task An_overwritten_beginning_is_refused(int length)
    {
        using var folder = scene.Copy();
        Overwrite(folder.Database, 0, new byte[length]);
        await RefusedFolder.AssertAsync(folder, ErrorCode.Unavailable, NotOurs);
    }

    [Fact]
    public async Task An_overwritten_schema_is_refused()
    {
        using var folder = scene.Copy();
        Overwrite(folder.Database, 100, new byte[3_996]);
        await RefusedFolder.AssertAsync(folder, ErrorCode.Tampered, "damaged");
    }

    [Theory]
    [InlineData("WAL")]
    [InlineData("DELETE")]
    public async Task Another_programs_database_is_refused_with_a_transaction_under_way_too(string mode)
    {
        using var folder = new DataFolder();
        using var theirs = new DataFolder();
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={theirs.Database};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"""
                PRAGMA journal_mode={mode}; PRAGMA cache_size=1; CREATE TABLE note (text TEXT); BEGIN;
                WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
                INSERT INTO note SELECT printf('note %d', i) FROM n;
                """;
            command.ExecuteNonQuery();
            foreach (var file in Directory.GetFiles(theirs.Path))
                File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)));
        }
        Assert.True(Directory.GetFiles(folder.Path).Length > 1, "no transaction was under way");
        await RefusedFolder.AssertAsync(folder, ErrorCode.Unavailable, NotOurs);
    }

    [Fact]
    public async Task A_strangers_journal_beside_the_database_is_refused()
    {
        using var folder = scene.Copy();
        File.WriteAllText(folder.Database + "-journal", "somebody's");
        await RefusedFolder.AssertAsync(folder, ErrorCode.Unavailable, "move it away");
        File.Delete(folder.Database + "-journal");
        await AssertOpensAsync(folder);
    }

    [Fact]
    public async Task A_folder_in_place_of_the_database_is_refused()
    {
        using var folder = new DataFolder();
        Directory.CreateDirectory(folder.Database);
        await RefusedFolder.AssertAsync(folder, ErrorCode.Unavailable, "a folder in place of the database");
        await RefusedFolder.AssertAsync(folder, ErrorCode.Conflict, "already", () => CreateAsync(folder.Path));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_link_in_place_of_the_database_is_refused(bool dangling)
    {
        using var folder = new DataFolder();
        using var other = scene.Copy();
        if (dangling) File.Delete(other.Database);
        File.CreateSymbolicLink(folder.Database, other.Database);
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => folder.OpenAsync());
        Assert.Equal(ErrorCode.Unavailable, refusal.Code);
        Assert.Contains("is a link", refusal.Message, StringComparison.Ordinal);
        RefusedFolder.AssertNothingHeld(other);
        Assert.Equal(!dangling, File.Exists(other.Database));
        await Assert.ThrowsAsync<SecureUserDataException>(() => CreateAsync(folder.Path));
        Assert.Equal(other.Database, new FileInfo(folder.Database).LinkTarget);
    }

    [Fact]
    public async Task A_pipe_in_place_of_the_database_is_refused_and_nobody_waits_for_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no such pipes");
        using var folder = new DataFolder();
        using (var made = Process.Start("mkfifo", folder.Database)) await made.WaitForExitAsync(Cancellation);
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => folder.OpenAsync());
        Assert.Contains(NotOurs, refusal.Message, StringComparison.Ordinal);
        RefusedFolder.AssertNothingHeld(folder);
    }

    [Fact]
    public async Task A_file_in_place_of_the_folder_is_refused()
    {
        using var parent = new DataFolder();
        var file = Path.Combine(parent.Path, "file");
        File.WriteAllText(file, "");
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => CreateAsync(file));
        Assert.Equal(ErrorCode.Unavailable, refusal.Code);
        Assert.Contains("name a folder", refusal.Message, StringComparison.Ordinal);
        refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => OpenAsync(file));
        Assert.Equal(ErrorCode.NotFound, refusal.Code);
        refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => CreateAsync(Path.Combine(file, "below")));
        Assert.Equal(ErrorCode.Unavailable, refusal.Code);
    }

    [Fact]
    public async Task A_log_that_is_left_without_its_database_is_not_taken_for_a_new_ones()
    {
        using var folder = await CrashedFolder.MakeAsync(scene);
        File.Delete(folder.Database);
        await RefusedFolder.AssertAsync(folder, ErrorCode.Conflict, "a part of one", () => CreateAsync(folder.Path));
    }

    [Fact]
    public async Task What_a_crash_has_left_of_a_set_up_is_not_taken_for_a_part_of_the_next()
    {
        using var folder = new DataFolder();
        using var other = await CrashedFolder.MakeAsync(scene);
        File.Copy(other.Database, folder.Database + ".new");
        File.Copy(other.Log, folder.Database + ".new-wal");
        File.WriteAllText(folder.Database + ".new-journal", "half a transaction");
        await using var engine = (await EmbeddedEngine.CreateAsync(
            folder.Path, MasterKeyRing.Parse(DataFolder.Masters))).Engine;
        Assert.Equal(0, engine.GetStatus().Users);
        Assert.Empty(Directory.GetFiles(folder.Path, "*.new*"));
    }

    [Fact]
    public async Task An_installation_that_cannot_be_opened_when_it_has_been_set_up_is_not_left_behind()
    {
        using var folder = new DataFolder();
        var broken = new EmbeddedOptions { Time = new ClockWithoutTimers() };
        await Assert.ThrowsAsync<NotSupportedException>(
            () => EmbeddedEngine.CreateAsync(folder.Path, MasterKeyRing.Parse(DataFolder.Masters), broken));
        Assert.Equal(["sud.lock"], folder.Digests().Keys); // nobody has the operator's credential
        RefusedFolder.AssertNothingHeld(folder);
        await using var engine = (await CreateAsync(folder.Path)).Engine;
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Task<EmbeddedEngine> OpenAsync(string path) =>
        EmbeddedEngine.OpenAsync(path, MasterKeyRing.Parse(DataFolder.Masters));

    private static Task<NewInstallation> CreateAsync(string path) =>
        EmbeddedEngine.CreateAsync(path, MasterKeyRing.Parse(DataFolder.Masters));

    private async Task AssertOpensAsync(DataFolder folder)
    {
        await using (var engine = await folder.OpenAsync())
        {
            await engine.VerifyLogAsync(null, Cancellation);
            await Scene.ReadAsync(engine, scene.Letters, scene.Ada);
        }
        RefusedFolder.AssertNothingHeld(folder);
    }

    private static void Overwrite(string path, long at, byte[] bytes)
    {
        using var file = File.OpenWrite(path);
        file.Position = at;
        file.Write(bytes);
    }

    private sealed class ClockWithoutTimers : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            throw new NotSupportedException();
    }
}
