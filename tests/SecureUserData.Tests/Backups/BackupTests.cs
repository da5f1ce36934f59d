using System.Collections.Concurrent;
using SecureUserData.Cryptography;
using SecureUserData.Embedded.Backups;
using SecureUserData.Tests.Hosting;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Backups;

/// <summary>Making a backup: consistent while others write, verified, and all or nothing.</summary>
public sealed class BackupTests(Scene scene) : IClassFixture<Scene>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_verifies_tells_what_is_in_it_and_opens_like_the_original()
    {
        using var folder = scene.Copy();
        using var place = new BackupPlace();
        BackupManifest manifest;
        await using (var engine = await folder.OpenAsync())
            manifest = await engine.BackupAsync(place.Path, cancellation: Cancellation);

        Assert.Equal(["backup", "backup/manifest.json", "backup/sud.db"], place.Names);
        var verified = await place.VerifyAsync();
        Assert.Equal(manifest.DatabaseSha256, verified.DatabaseSha256);
        Assert.Equal(3, manifest.Counts.Users);
        Assert.Equal(3, manifest.Counts.Records);
        Assert.Equal([1], manifest.MasterKeyVersions);
        Assert.Equal([1], manifest.ApplicationKeyVersions[scene.Shop.Id.ToString()]);
        Assert.Equal(
            folder.Rows("SELECT rowid, chain, sequence, body, mac FROM log ORDER BY rowid"),
            place.AsFolder().Rows("SELECT rowid, chain, sequence, body, mac FROM log ORDER BY rowid"));
        if (!OperatingSystem.IsWindows())
            foreach (var file in Directory.GetFileSystemEntries(place.Path).Append(place.Path))
                Assert.Equal(
                    UnixFileMode.None,
                    File.GetUnixFileMode(file) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite
                        | (Directory.Exists(file) ? UnixFileMode.UserExecute : 0)));
        using var opened = place.AsFolder();
        await using var again = await opened.OpenAsync();
        Assert.Equal("ada", (await Scene.ReadAsync(again, scene.Letters, scene.Ada)).Fields["name"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_folder_may_be_named_with_a_slash_at_its_end_and_be_there_empty(bool isThere)
    {
        using var folder = scene.Copy();
        using var place = new BackupPlace();
        if (isThere) Directory.CreateDirectory(place.Path);
        await using (var engine = await folder.OpenAsync())
            await engine.BackupAsync(place.Path + Path.DirectorySeparatorChar, cancellation: Cancellation);

        Assert.Equal(["backup", "backup/manifest.json", "backup/sud.db"], place.Names);
        await place.VerifyAsync();
    }

    [Fact]
    public async Task What_was_acknowledged_before_a_backup_is_in_it_while_everybody_goes_on_writing()
    {
        using var folder = scene.Copy();
        using var place = new BackupPlace();
        var acknowledged = new ConcurrentQueue<RecordId>();
        var before = new List<RecordId>();
        await using (var engine = await folder.OpenAsync())
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var shop = await engine.SignInAsync(scene.Shop.Credential);
            var writers = Enumerable.Range(0, 4).Select(async writer =>
            {
                var user = shop.Get(writer % 2 == 0 ? scene.Ada : scene.Bob);
                while (!stop.IsCancellationRequested)
                    acknowledged.Enqueue(
                        await user.PutRecordAsync("letters", RecordContent.Text(new string('x', 9_000))));
            }).ToList();
            await HostBench.UntilAsync(() => acknowledged.Count > 300, "records are written");
            var during = 0;
            for (var backup = 0; backup < 3; backup++)
            {
                if (Directory.Exists(place.Path)) Directory.Delete(place.Path, recursive: true);
                before = [.. acknowledged];
                await engine.BackupAsync(place.Path, cancellation: Cancellation);
                during += acknowledged.Count - before.Count;
            }
            stop.Cancel();
            await Task.WhenAll(writers);
            Assert.True(during > 0, "nobody wrote meanwhile");
            TestContext.Current.TestOutputHelper?.WriteLine($"{before.Count} before, {during} during three backups");
        }

        using var opened = place.AsFolder();
        var ids = opened.Texts("SELECT id FROM record").ToHashSet();
        Assert.All(before, record => Assert.Contains(record.ToString(), ids));
        Assert.Equal("ok", opened.Value<string>("PRAGMA integrity_check"));
        await using var again = await opened.OpenAsync();
        await again.VerifyLogAsync(null, Cancellation);
    }

    [Fact]
    public async Task An_erasure_that_comes_during_a_backup_waits_and_is_in_the_list_of_the_next()
    {
        using var folder = scene.Copy();
        using var place = new BackupPlace();
        await using var engine = await folder.OpenAsync();
        var shop = await engine.SignInAsync(scene.Shop.Credential);
        Task<ErasureView>? erasing = null;
        var progress = new Told(step => erasing ??= step.Step == BackupStep.Copying
            ? shop.EraseAsync(scene.Ada, cancellation: Cancellation)
            : null);

        await engine.BackupAsync(place.Path, progress, Cancellation);
        var erased = await erasing!;

        await place.VerifyAsync();
        Directory.Delete(place.Path, recursive: true);
        var manifest = await engine.BackupAsync(place.Path, cancellation: Cancellation);
        Assert.Equal(1, manifest.ErasuresListed);
        Assert.Equal(erased.Certificate + "\n", File.ReadAllText(place.Erasures));
    }

    [Fact]
    public async Task Nothing_is_overwritten_and_nothing_is_left_when_a_backup_fails()
    {
        using var folder = scene.Copy();
        using var place = new BackupPlace();
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => Backup.CreateAsync(
            folder.Path, place.Path, MasterKeyRing.Parse(MasterKeyRing.Generate()), cancellation: Cancellation));
        Assert.Contains("wrong master key", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(place.Names);
        using var cancelled = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Backup.CreateAsync(
            folder.Path, place.Path, BackupPlace.Masters(), progress: new Told(_ => cancelled.Cancel()),
            cancellation: cancelled.Token));
        Assert.Empty(place.Names);

        await place.CreateAsync(folder);
        var before = File.ReadAllBytes(place.Manifest);
        refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => place.CreateAsync(folder));

        Assert.Equal(ErrorCode.Conflict, refusal.Code);
        Assert.Equal(before, File.ReadAllBytes(place.Manifest));
        Assert.False(File.Exists(folder.Log), "the backup has left something beside the database");
    }

    [Fact]
    public async Task What_does_not_authenticate_is_not_backed_up_and_the_place_is_named()
    {
        using var folder = scene.Copy();
        using var place = new BackupPlace();
        folder.Sql("UPDATE state SET body = zeroblob(100) WHERE id = $1", $"{scene.Bob}");

        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => place.CreateAsync(folder));

        Assert.Equal(ErrorCode.Tampered, refusal.Code);
        Assert.Contains($"the state of {scene.Bob}", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(place.Names);
    }

    private sealed class Told(Action<BackupProgress> tell) : IProgress<BackupProgress>
    {
        public void Report(BackupProgress value) => tell(value);
    }
}
