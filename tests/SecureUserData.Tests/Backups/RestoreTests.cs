using System.Text;
using SecureUserData.Conformance;
using SecureUserData.Embedded;
using SecureUserData.Embedded.Backups;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Backups;

/// <summary>A restored installation answers as the original did, and whoever was erased since stays erased.</summary>
public sealed class RestoreTests(Scene scene) : IClassFixture<Scene>
{
    private static readonly DateTimeOffset Later = new(2031, 5, 6, 7, 8, 9, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restored_engine_answers_as_the_original_and_says_that_it_was_restored()
    {
        using var folder = scene.Copy();
        using var place = new BackupPlace();
        using var target = new DataFolder();
        var manifest = await place.CreateAsync(folder);
        var before = File.ReadAllBytes(place.Database);

        var report = await RestoreAsync(place, target);

        Assert.Empty(report.ErasedAgain);
        Assert.Equal(before, File.ReadAllBytes(place.Database));
        Assert.Equal(["sud.db", "sud.lock"], Directory.GetFiles(target.Path).Select(Path.GetFileName).Order());
        Assert.Equal(await ExportsAsync(folder), await ExportsAsync(target));
        await using var engine = await target.OpenAsync();
        Assert.Equal(
            "three", (await Scene.ReadAsync(engine, scene.Orders, scene.Bob)).Records!.Items[0].Content.AsText());
        var log = await (await engine.SignInAsync(scene.Operator)).Get(new InstallationId()).ReadLogAsync();
        Assert.Equal((Activity.BackupRestored, "system"), (log[^1].Activity, log[^1].Actor));
        Assert.Equal($"backup/{manifest.DatabaseSha256}", log[^1].Names[0]);
        await engine.VerifyLogAsync(null, Cancellation);
    }

    [Fact]
    public async Task Whoever_was_erased_after_the_backup_stays_erased_wherever_the_list_comes_from()
    {
        using var folder = scene.Copy();
        using var place = new BackupPlace();
        await place.CreateAsync(folder);
        var certificate = await EraseAsync(folder, scene.Ada);
        var list = ErasureListTests.List(folder);
        using var elsewhere = new DataFolder();
        var second = Path.Combine(elsewhere.Path, "second");
        File.Copy(list, second);
        foreach (var options in (RestoreOptions[])
            [new() { OldFolder = folder.Path }, new() { Erasures = [list] }, new() { Erasures = [folder.Path] },
                new() { ErasureList = second }, new()])
        {
            using var target = new DataFolder();
            // Who moves the database away and leaves the list need not name it.
            if (options == new RestoreOptions()) File.Copy(list, ErasureListTests.List(target));
            var preview = await RestoreAsync(place, target, options with { DryRun = true });
            Assert.Equal([scene.Ada], preview.ErasedAgain);
            Assert.False(File.Exists(target.Database));

            var report = await RestoreAsync(place, target, options);

            Assert.Equal([scene.Ada], report.ErasedAgain);
            await AssertErasedAsync(target, certificate);
        }
    }

    [Fact]
    public async Task Without_a_list_an_older_backup_brings_everybody_back()
    {
        using var folder = scene.Copy();
        using var place = new BackupPlace();
        using var target = new DataFolder();
        await place.CreateAsync(folder);
        await EraseAsync(folder, scene.Ada);

        await RestoreAsync(place, target);

        await using var engine = await target.OpenAsync();
        Assert.Equal("ada", (await Scene.ReadAsync(engine, scene.Letters, scene.Ada)).Fields["name"]);
    }

    [Fact]
    public async Task A_forged_or_foreign_line_is_named_and_erases_nobody_and_the_others_count()
    {
        using var folder = scene.Copy();
        using var place = new BackupPlace();
        using var target = new DataFolder();
        await place.CreateAsync(folder);
        var ada = await EraseAsync(folder, scene.Ada);
        var parts = ada.Split('.');
        var claims = Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]))
            .Replace(scene.Ada.ToString(), scene.Bob.ToString(), StringComparison.Ordinal);
        var forged = $"{parts[0]}.{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}."
            + parts[2];
        var list = Path.Combine(target.Path, "lines");
        File.WriteAllText(list, $"{forged}\n{await ForeignAsync()}\n{ada}\nsomething else\n");

        var report = await RestoreAsync(place, target, new RestoreOptions { Erasures = [list] });

        Assert.Equal([1, 2, 4], report.Refused.Select(line => line.Line));
        Assert.All(report.Refused, line => Assert.Equal(list, line.List));
        Assert.Contains("changed after it was signed", report.Refused[0].Reason, StringComparison.Ordinal);
        Assert.Contains("another key", report.Refused[1].Reason, StringComparison.Ordinal);
        Assert.Equal([scene.Ada], report.ErasedAgain);
        Assert.DoesNotContain(forged, File.ReadAllText(ErasureListTests.List(target)), StringComparison.Ordinal);
        await using var engine = await target.OpenAsync();
        Assert.Equal("bob", (await Scene.ReadAsync(engine, scene.Orders, scene.Bob)).Fields["name"]);
    }

    [Fact]
    public async Task An_installation_in_the_way_stays_and_a_damaged_backup_is_not_restored()
    {
        using var folder = scene.Copy();
        using var place = new BackupPlace();
        await place.CreateAsync(folder);
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => RestoreAsync(place, folder));
        Assert.Equal(ErrorCode.Conflict, refusal.Code);
        Assert.Contains("move sud.db, sud.db-wal and sud.db-shm", refusal.Message, StringComparison.Ordinal);
        using var target = new DataFolder();
        File.WriteAllText(target.Log, "left behind");
        await Assert.ThrowsAsync<SecureUserDataException>(() => RestoreAsync(place, target));
        File.Delete(target.Log);
        var bytes = File.ReadAllBytes(place.Database);
        bytes[^100] ^= 1;
        File.WriteAllBytes(place.Database, bytes);

        refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => RestoreAsync(place, target));

        Assert.Equal(ErrorCode.Tampered, refusal.Code);
        Assert.Empty(Directory.GetFileSystemEntries(target.Path));
        refusal = await Assert.ThrowsAsync<SecureUserDataException>(
            () => RestoreAsync(place, target, new RestoreOptions { Erasures = [Path.Combine(folder.Path, "no")] }));
    }

    [Fact]
    public async Task A_dry_run_tells_what_is_lost()
    {
        using var folder = scene.Copy();
        using var place = new BackupPlace();
        var manifest = await place.CreateAsync(folder);
        await using (var engine = await folder.OpenAsync())
            for (var i = 0; i < 7; i++) await Scene.ReadAsync(engine, scene.Orders, scene.Bob);

        var files = folder.Digests();

        var report = await RestoreAsync(place, folder, new RestoreOptions { DryRun = true });

        Assert.Equal(files, folder.Digests()); // and changes nothing
        Assert.Equal(7, report.EntriesLost);
        Assert.Equal(manifest.Counts, report.Backup.Counts);
    }

    /// <summary>Everything that each user can see.</summary>
    private async Task<List<string>> ExportsAsync(DataFolder folder)
    {
        await using var engine = await folder.OpenAsync();
        var exports = new List<string>();
        foreach (var credential in (Credential[])[scene.AdaCredential, scene.BobCredential])
        {
            using var stream = new MemoryStream();
            await (await engine.SignInAsync(credential)).ExportAsync(stream, cancellation: Cancellation);
            exports.Add(Encoding.UTF8.GetString(stream.ToArray()));
        }
        return exports;
    }

    private async Task AssertErasedAsync(DataFolder target, string certificate)
    {
        await using var engine = await target.OpenAsync();
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
            () => Scene.ReadAsync(engine, scene.Letters, scene.Ada));
        Assert.Equal(ErrorCode.Erased, refusal.Code);
        await Assert.ThrowsAsync<SecureUserDataException>(() => engine.SignInAsync(scene.AdaCredential));
        var shop = await engine.SignInAsync(scene.Shop.Credential);
        var erasure = await shop.Get(new ErasureId(scene.Ada)).GetAsync();
        var key = await shop.Get(new InstallationId()).GetCertificateKeyAsync();
        Assert.Equal(Later, ErasureCertificate.Verify(erasure!.Certificate!, key).ErasedAt);
        Assert.Equal($"{scene.Shop.Id}", erasure.RequestedBy);
        Assert.Equal([certificate, erasure.Certificate!], File.ReadAllLines(ErasureListTests.List(target)));
        await engine.VerifyLogAsync(null, Cancellation);
        await shop.CreateUserAsync(new Dictionary<string, string> { ["email"] = "ada@example.org" }); // it is free
        Assert.Equal("bob", (await Scene.ReadAsync(engine, scene.Orders, scene.Bob)).Fields["name"]);
    }

    private static Task<RestoreReport> RestoreAsync(
        BackupPlace place, DataFolder target, RestoreOptions? options = null) => Backup.RestoreAsync(
        place.Path,
        target.Path,
        BackupPlace.Masters(),
        (options ?? new RestoreOptions()) with { Time = new FakeClock(Later) },
        cancellation: Cancellation);

    private async Task<string> EraseAsync(DataFolder folder, UserId user)
    {
        await using var engine = await folder.OpenAsync();
        var shop = await engine.SignInAsync(scene.Shop.Credential);
        return (await shop.EraseAsync(user, cancellation: Cancellation)).Certificate!;
    }

    /// <summary>A certificate of another installation.</summary>
    private static async Task<string> ForeignAsync()
    {
        using var folder = new DataFolder();
        var (engine, credential) = await EmbeddedEngine.CreateAsync(folder.Path, BackupPlace.Masters());
        await using var open = engine;
        var shop = await (await engine.SignInAsync(credential)).RegisterApplicationAsync(new("shop"));
        var app = await engine.SignInAsync(shop.Credential);
        var user = await app.CreateUserAsync(new Dictionary<string, string> { ["name"] = "x" });
        return (await app.EraseAsync(user.Id, cancellation: Cancellation)).Certificate!;
    }
}
