using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;
using SecureUserData.Embedded.Backups;
using SecureUserData.Tests.Hosting;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Backups;

/// <summary>Backups from another process than the one that writes, on full disks, and by processes that are
/// killed.</summary>
public sealed class BackupFaultTests
{
    private const string FolderVariable = "SUD_TEST_FOLDER";
    private const string ShopVariable = "SUD_TEST_SHOP";
    private const string TargetVariable = "SUD_TEST_BACKUP";
    private const string StepVariable = "SUD_TEST_STEP";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_process_makes_backups_while_the_first_one_writes()
    {
        using var folder = new DataFolder();
        using var place = new BackupPlace();
        var people = await MakeAsync(folder);
        var put = new List<string>();
        var backups = 0;
        using (var writer = new ChildTest((typeof(BackupFaultTests), nameof(Put_until_killed)), new()
        {
            [FolderVariable] = folder.Path,
            [ShopVariable] = people.Credential.Reveal(),
        }))
            await foreach (var record in writer.LinesAsync(Cancellation))
            {
                put.Add(record);
                if (put.Count % 60 != 0 || backups == 3) continue;
                if (Directory.Exists(place.Path)) Directory.Delete(place.Path, recursive: true);
                await place.CreateAsync(folder);
                using var opened = place.AsFolder();
                Assert.Superset(put.ToHashSet(), opened.Texts("SELECT id FROM record").ToHashSet());
                await using var engine = await opened.OpenAsync();
                await engine.VerifyLogAsync(null, Cancellation);
                if (++backups == 3) writer.Kill();
            }
        Assert.Equal(3, backups);
        await using var again = await folder.OpenAsync(); // nothing of the first process was disturbed
        await again.VerifyLogAsync(null, Cancellation);
        Assert.Superset(put.ToHashSet(), folder.Texts("SELECT id FROM record").ToHashSet());
    }

    /// <summary>What the writing process does.</summary>
    [Fact(Explicit = true)]
    public async Task Put_until_killed()
    {
        if (ChildTest.Variable(FolderVariable) is not { } path) return; // only the test above gives it one
        await using var engine = await new DataFolder(path).OpenAsync();
        var shop = await engine.SignInAsync(new Credential(ChildTest.Variable(ShopVariable)!));
        var users = (await shop.Get(AppId.Parse(shop.Identity.Id)).ListUsersAsync()).Items;
        await Task.WhenAll(users.Select(async user =>
        {
            while (true)
                ChildTest.Say(
                    $"{await shop.Get(user).PutRecordAsync("letters", RecordContent.Text(new string('x', 5_000)))}");
        }));
    }

    [Fact]
    public async Task A_process_that_is_killed_while_it_makes_a_backup_leaves_none_and_the_next_one_is_whole()
    {
        using var folder = new DataFolder();
        using var place = new BackupPlace();
        await FillAsync(folder);
        var variables = new Dictionary<string, string>
        {
            [FolderVariable] = folder.Path,
            [TargetVariable] = place.Path,
        };
        foreach (var step in (string[])[nameof(BackupStep.Copying), nameof(BackupStep.Digesting),
            nameof(BackupStep.Verifying)])
        {
            var lines = 0;
            variables[StepVariable] = step;
            using (var child = new ChildTest((typeof(BackupFaultTests), nameof(Backup_until_killed)), variables))
                await foreach (var line in child.LinesAsync(Cancellation))
                    if (line == step && lines++ == 0) child.Kill();
            Assert.True(lines > 0, $"it never came to {step}");
            Assert.False(Directory.Exists(place.Path), $"killed while {step}: there is a backup");
            Assert.Contains("backup.unfinished", place.Names);
        }

        await place.CreateAsync(folder);

        await place.VerifyAsync();
        Assert.Equal(["backup", "backup/manifest.json", "backup/sud.db"], place.Names);
    }

    /// <summary>What the killed process does: it stops at a step, to be killed there.</summary>
    [Fact(Explicit = true)]
    public async Task Backup_until_killed()
    {
        if (ChildTest.Variable(FolderVariable) is not { } path) return; // only the test above gives it one
        await Backup.CreateAsync(
            path, ChildTest.Variable(TargetVariable)!, BackupPlace.Masters(), progress: new Slowly(),
            cancellation: Cancellation);
    }

    [Fact]
    public async Task A_full_disk_is_told_before_and_while_it_is_written_and_nothing_is_left()
    {
        using var folder = new DataFolder();
        await FillAsync(folder);
        using var disk = new SmallDisk(8);
        var target = Path.Combine(disk.Folder, "backup");
        using var masters = MasterKeyRing.Parse(DataFolder.Masters);
        var size = new FileInfo(folder.Database).Length;

        disk.Fill(butFor: (int)size);
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
            () => Backup.CreateAsync(folder.Path, target, masters, cancellation: Cancellation));
        Assert.Contains("The backup needs", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(disk.Folder));
        disk.MakeRoom();
        var progress = new Filling(disk); // the room goes while it writes
        refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => Backup.CreateAsync(
            folder.Path, target, masters, progress: progress, cancellation: Cancellation));
        Assert.Equal(ErrorCode.Unavailable, refusal.Code);
        Assert.Contains("room", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(disk.Folder));

        disk.MakeRoom();
        await Backup.CreateAsync(folder.Path, target, masters, cancellation: Cancellation);
        await Backup.VerifyAsync(target, masters, cancellation: Cancellation);
    }

    /// <summary>More than one step of pages.</summary>
    private static async Task FillAsync(DataFolder folder)
    {
        var people = await MakeAsync(folder);
        await using var engine = await folder.OpenAsync();
        var shop = await engine.SignInAsync(people.Credential);
        for (var i = 0; i < 10; i++)
            await shop.Get(people.Users[0]).PutRecordAsync("letters", RecordContent.Text(new string('x', 500_000)));
    }

    private static async Task<BackedUpPeople> MakeAsync(DataFolder folder)
    {
        var created = await EmbeddedEngine.CreateAsync(
            folder.Path, BackupPlace.Masters(), new EmbeddedOptions { Time = new FakeClock() });
        await using var engine = created.Engine;
        return await BackedUpPeople.FillAsync(engine, created.OperatorCredential, new Random(20261123), 4);
    }

    private sealed class Slowly : IProgress<BackupProgress>
    {
        private BackupStep? _step;

        public void Report(BackupProgress value)
        {
            if (_step == value.Step) return;
            _step = value.Step;
            ChildTest.Say($"{value.Step}");
            if ($"{value.Step}" == ChildTest.Variable(StepVariable)) new ManualResetEventSlim().Wait(); // to be killed
        }
    }

    private sealed class Filling(SmallDisk disk) : IProgress<BackupProgress>
    {
        private bool _filled;

        public void Report(BackupProgress value)
        {
            if (_filled || value.Step != BackupStep.Copying) return;
            _filled = true;
            disk.Fill(butFor: 0);
        }
    }
}
