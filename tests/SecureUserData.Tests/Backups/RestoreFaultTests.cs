using SecureUserData.Conformance;
using SecureUserData.Embedded;
using SecureUserData.Embedded.Backups;
using SecureUserData.Tests.Hosting;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Backups;

/// <summary>Processes that are killed in the middle of a restore or a purge, and disks that are full: doing it again
/// ends as if nothing had happened, and nobody who was erased is back in between.</summary>
public sealed class RestoreFaultTests(ITestOutputHelper output)
{
    private const int Users = 40;
    private const string BackupVariable = "SUD_TEST_BACKUP";
    private const string TargetVariable = "SUD_TEST_TARGET";
    private const string StepVariable = "SUD_TEST_STEP";

    /// <summary>Where to stop: in which step, and after how much of it.</summary>
    private static readonly string[] Steps = ["Copying 1", "Erasing 1", "Erasing 10", "Erasing 20"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restore_that_is_killed_leaves_nothing_to_sign_in_to_and_is_done_again()
    {
        using var folder = new DataFolder();
        using var place = new BackupPlace();
        var (people, erased) = await MakeAsync(folder, place);
        using var target = new DataFolder();
        foreach (var step in Steps)
        {
            await KillAsync(nameof(Restore_until_killed), place, folder, target, step);
            Assert.False(EmbeddedEngine.Exists(target.Path), $"killed at {step}: there is an installation");
            Assert.Contains("sud.db.restoring", Directory.GetFiles(target.Path).Select(Path.GetFileName));
        }

        var report = await Backup.RestoreAsync(
            place.Path, target.Path, BackupPlace.Masters(), Options(folder), cancellation: Cancellation);

        Assert.Equal(erased, report.ErasedAgain.ToHashSet());
        await AssertErasedAsync(target, people, erased);
        Assert.Equal(
            ["sud.db", "sud.erasures", "sud.lock"], Directory.GetFiles(target.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_purge_that_is_killed_is_told_of_and_finished_when_it_is_done_again()
    {
        using var folder = new DataFolder();
        using var place = new BackupPlace();
        var (people, erased) = await MakeAsync(folder, place);
        List<byte[]> traces;
        using (var copy = place.AsFolder()) traces = BackedUpPeople.Traces(copy, erased);
        foreach (var step in (string[])["Erasing 1", "Digesting 1"])
        {
            await KillAsync(nameof(Purge_until_killed), place, folder, folder, step);
            await place.AssertRefusedAsync(ErrorCode.Unavailable, "A purge of this backup was interrupted");
            using var target = new DataFolder();
            var refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => Backup.RestoreAsync(
                place.Path, target.Path, BackupPlace.Masters(), cancellation: Cancellation));
            Assert.Contains("interrupted", refusal.Message, StringComparison.Ordinal);
        }

        var report = await Backup.PurgeAsync(
            place.Path, [folder.Path], BackupPlace.Masters(), cancellation: Cancellation);

        output.WriteLine($"{report.Erased.Count} of {erased.Count} were left for the last time");
        Assert.Empty(Pieces.Find(place.Path, traces));
        await place.VerifyAsync();
        using var opened = place.AsFolder();
        await AssertErasedAsync(opened, people, erased);
    }

    [Fact]
    public async Task A_restore_that_finds_no_room_leaves_nothing_and_is_done_again()
    {
        using var folder = new DataFolder();
        using var place = new BackupPlace();
        var (people, erased) = await MakeAsync(folder, place);
        var size = (int)new FileInfo(place.Database).Length;
        using var disk = new SmallDisk(16);
        using var target = new DataFolder(disk.Folder);
        foreach (var room in (int[])[0, size / 2, size + 100_000])
        {
            disk.Fill(butFor: room);
            var refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => Backup.RestoreAsync(
                place.Path, target.Path, BackupPlace.Masters(), Options(folder), cancellation: Cancellation));
            Assert.Equal(ErrorCode.Unavailable, refusal.Code);
            Assert.Contains("room", refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(
                Directory.GetFiles(target.Path),
                file => Path.GetFileName(file).StartsWith("sud.db", StringComparison.Ordinal));
            disk.MakeRoom();
        }

        await Backup.RestoreAsync(
            place.Path, target.Path, BackupPlace.Masters(), Options(folder), cancellation: Cancellation);
        await AssertErasedAsync(target, people, erased);
    }

    /// <summary>What the killed process of the first test does.</summary>
    [Fact(Explicit = true)]
    public Task Restore_until_killed() => ChildTest.Variable(TargetVariable) is not { } target
        ? Task.CompletedTask
        : Backup.RestoreAsync(
            ChildTest.Variable(BackupVariable)!, target, BackupPlace.Masters(),
            new RestoreOptions { Erasures = [ChildTest.Variable("SUD_TEST_OLD")!] }, new Stopping(), Cancellation);

    /// <summary>What the killed process of the second test does.</summary>
    [Fact(Explicit = true)]
    public Task Purge_until_killed() => ChildTest.Variable(BackupVariable) is not { } backup
        ? Task.CompletedTask
        : Backup.PurgeAsync(
            backup, [ChildTest.Variable("SUD_TEST_OLD")!], BackupPlace.Masters(), progress: new Stopping(),
            cancellation: Cancellation);

    private static RestoreOptions Options(DataFolder old) => new() { Time = new FakeClock(), OldFolder = old.Path };

    /// <summary>A backup, and half of its users erased afterwards.</summary>
    private static async Task<(BackedUpPeople People, HashSet<UserId> Erased)> MakeAsync(
        DataFolder folder, BackupPlace place)
    {
        var created = await EmbeddedEngine.CreateAsync(
            folder.Path, BackupPlace.Masters(), new EmbeddedOptions { Time = new FakeClock() });
        await using var engine = created.Engine;
        var people = await BackedUpPeople.FillAsync(engine, created.OperatorCredential, new Random(7), Users);
        await engine.BackupAsync(place.Path, cancellation: Cancellation);
        var erased = people.Users.Where((_, i) => i % 2 == 0).ToHashSet();
        foreach (var user in erased) await people.Shop.EraseAsync(user, cancellation: Cancellation);
        return (people, erased);
    }

    private static async Task AssertErasedAsync(DataFolder folder, BackedUpPeople people, HashSet<UserId> erased)
    {
        await using var engine = await folder.OpenAsync();
        await engine.VerifyLogAsync(null, Cancellation);
        var shop = await engine.SignInAsync(people.Credential);
        foreach (var user in people.Users)
        {
            var set = shop.Get(user).SetFieldAsync("address", "x");
            if (!erased.Contains(user)) await set;
            else Assert.Equal(
                ErrorCode.Erased, (await Assert.ThrowsAsync<SecureUserDataException>(() => set)).Code);
        }
    }

    private static async Task KillAsync(
        string method, BackupPlace place, DataFolder old, DataFolder target, string step)
    {
        using var child = new ChildTest((typeof(RestoreFaultTests), method), new()
        {
            [BackupVariable] = place.Path,
            [TargetVariable] = target.Path,
            ["SUD_TEST_OLD"] = old.Path,
            [StepVariable] = step,
        });
        var came = false;
        await foreach (var line in child.LinesAsync(Cancellation))
        {
            came = line == step;
            child.Kill();
        }
        Assert.True(came, $"it never came to {step}");
    }

    /// <summary>Stops for good at a step, for the process to be killed.</summary>
    private sealed class Stopping : IProgress<BackupProgress>
    {
        private readonly string[] _step = ChildTest.Variable(StepVariable)!.Split(' ');

        public void Report(BackupProgress value)
        {
            if ($"{value.Step}" != _step[0]
                || value.Done < int.Parse(_step[1], System.Globalization.CultureInfo.InvariantCulture))
                return;
            ChildTest.Say(string.Join(' ', _step));
            new ManualResetEventSlim().Wait();
        }
    }
}
