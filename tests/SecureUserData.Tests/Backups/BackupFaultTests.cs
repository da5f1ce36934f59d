using SecureUserData.Cryptography;
using SecureUserData.Embedded.Backups;
using SecureUserData.Tests.Hosting;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Backups;

/// <summary>Backups from another process than the one that writes, on full disks, and by processes that are
/// killed.</summary>
public sealed class BackupFaultTests
{
    private const string TargetVariable = "SUD_TEST_BACKUP";
    private const string StepVariable = "SUD_TEST_STEP";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_process_makes_backups_while_the_first_one_writes()
    {
        using var folder = await KillFolder.MakeAsync();
        using var place = new BackupPlace();
        var said = new List<string>();
        var backups = 0;
        var method = (typeof(KillTests), nameof(KillTests.Import_until_killed));
        using (var writer = new ChildTest(method, folder.Variables()))
            await foreach (var line in writer.LinesAsync(Cancellation))
            {
                said.Add(line);
                if (said.Count % 60 != 0) continue;
                if (Directory.Exists(place.Path)) Directory.Delete(place.Path, recursive: true);
                await place.CreateAsync(folder.Data);
                using var opened = place.AsFolder();
                await using (var engine = await opened.OpenAsync())
                {
                    await engine.VerifyLogAsync(null, Cancellation);
                    // What is said of e-mail addresses may have changed since, because the process goes on.
                    var imports = new AcknowledgedImports(said
                        .Select(text => text.Split(' ')).Where(words => words[0] is "claimed" or "put" or "given"));
                    await imports.AssertThereAsync(engine, folder);
                }
                if (++backups == 3) writer.Kill();
            }
        Assert.True(backups >= 3, $"{backups} backups");
        await using var again = await folder.Data.OpenAsync();
        await again.VerifyLogAsync(null, Cancellation);
    }

    [Fact]
    public async Task A_process_that_is_killed_while_it_makes_a_backup_leaves_none_and_the_next_one_is_whole()
    {
        using var folder = await KillFolder.MakeAsync();
        using var place = new BackupPlace();
        await FillAsync(folder);
        var variables = folder.Variables();
        variables[TargetVariable] = place.Path;
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

        await place.CreateAsync(folder.Data);

        await place.VerifyAsync();
        Assert.Equal(["backup", "backup/manifest.json", "backup/sud.db"], place.Names);
    }

    /// <summary>What the killed process does: it stops at a step, to be killed there.</summary>
    [Fact(Explicit = true)]
    public async Task Backup_until_killed()
    {
        if (KillFolder.OfChild() is not { } folder) return; // only the test above gives it one
        await Backup.CreateAsync(
            folder.Data.Path, ChildTest.Variable(TargetVariable)!, BackupPlace.Masters(), progress: new Slowly(),
            cancellation: Cancellation);
    }

    [Fact]
    public async Task A_full_disk_is_told_before_and_while_it_is_written_and_nothing_is_left()
    {
        using var folder = await KillFolder.MakeAsync();
        await FillAsync(folder);
        using var disk = new SmallDisk(8);
        var target = Path.Combine(disk.Folder, "backup");
        using var masters = MasterKeyRing.Parse(DataFolder.Masters);
        var size = new FileInfo(folder.Data.Database).Length;

        disk.Fill(butFor: (int)size);
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
            () => Backup.CreateAsync(folder.Data.Path, target, masters, cancellation: Cancellation));
        Assert.Contains("The backup needs", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(disk.Folder));
        disk.MakeRoom();
        var progress = new Filling(disk); // the room goes while it writes
        refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => Backup.CreateAsync(
            folder.Data.Path, target, masters, progress: progress, cancellation: Cancellation));
        Assert.Equal(ErrorCode.Unavailable, refusal.Code);
        Assert.Contains("room", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(disk.Folder));

        disk.MakeRoom();
        await Backup.CreateAsync(folder.Data.Path, target, masters, cancellation: Cancellation);
        await Backup.VerifyAsync(target, masters, cancellation: Cancellation);
    }

    /// <summary>More than one step of pages.</summary>
    private static async Task FillAsync(KillFolder folder)
    {
        await using var engine = await folder.Data.OpenAsync();
        var shop = await engine.SignInAsync(folder.Shop);
        var user = await shop.CreateUserAsync(new Dictionary<string, string> { ["name"] = "ada" });
        for (var i = 0; i < 10; i++)
            await shop.Get(user.Id).PutRecordAsync("letters", RecordContent.Text(new string('x', 500_000)));
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
