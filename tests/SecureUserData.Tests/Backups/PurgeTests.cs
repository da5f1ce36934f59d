using Microsoft.Data.Sqlite;
using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;
using SecureUserData.Embedded.Backups;
using SecureUserData.Embedded.Sqlite;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Backups;

/// <summary>A purged backup holds no piece of who was erased after it was made, whatever was moved about
/// before.</summary>
public sealed class PurgeTests(ITestOutputHelper output)
{
    private const int Users = 120;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>SQLite makes a journal when a purge opens the database, which has no write-ahead log.</summary>
    [Fact]
    public async Task A_purge_that_was_killed_while_the_journal_mode_was_changed_is_finished_by_another()
    {
        using var folder = new DataFolder();
        using var place = new BackupPlace();
        await using (var engine = (await EmbeddedEngine.CreateAsync(folder.Path, BackupPlace.Masters())).Engine)
            await engine.BackupAsync(place.Path, cancellation: Cancellation);
        await File.WriteAllTextAsync(
            place.Manifest,
            (await File.ReadAllTextAsync(place.Manifest, Cancellation)).Replace(
                "\"isPurging\": false", "\"isPurging\": true", StringComparison.Ordinal),
            Cancellation);
        LeaveJournal(place.Database);

        await Backup.PurgeAsync(place.Path, [], BackupPlace.Masters(), cancellation: Cancellation);

        await place.VerifyAsync();
    }

    /// <summary>Leaves the file marked as one with a write-ahead log, and a journal that undoes that.</summary>
    private static void LeaveJournal(string database)
    {
        var (file, journal) = (Array.Empty<byte>(), Array.Empty<byte>());
        using (var connection = SqliteFile.Open(database, SqliteOpenMode.ReadWrite))
        {
            SqliteFile.Execute(
                connection,
                "PRAGMA cache_size=1; BEGIN; PRAGMA user_version=5; CREATE TABLE large (a); "
                + "INSERT INTO large WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) "
                + "SELECT zeroblob(3000) FROM n");
            (file, journal) = (File.ReadAllBytes(database), File.ReadAllBytes(database + "-journal"));
            SqliteFile.Execute(connection, "ROLLBACK");
        }
        file[18] = file[19] = 2;
        File.WriteAllBytes(database, file);
        File.WriteAllBytes(database + "-journal", journal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20261122)]
    public async Task No_piece_of_an_erased_user_is_left_in_any_file_of_a_purged_backup(int seed)
    {
        output.WriteLine($"seed {seed}");
        using var folder = new DataFolder();
        using var place = new BackupPlace();
        var created = await EmbeddedEngine.CreateAsync(
            folder.Path, BackupPlace.Masters(), new EmbeddedOptions { Time = new FakeClock() });
        await using var engine = created.Engine;
        var people = await BackedUpPeople.FillAsync(engine, created.OperatorCredential, new Random(seed), Users);
        await engine.BackupAsync(place.Path, cancellation: Cancellation);
        var (erased, kept) = (
            people.Users.Where((_, i) => i % 3 == 0).ToHashSet(), people.Users.Where((_, i) => i % 3 != 0).ToHashSet());
        List<byte[]> of, others;
        using (var copy = place.AsFolder())
            (of, others) = (BackedUpPeople.Traces(copy, erased), BackedUpPeople.Traces(copy, kept));
        Assert.True(of.Count > 3 * erased.Count, $"{of.Count} traces of {erased.Count} users");
        Assert.Equal(of.Count, Pieces.Find(place.Path, of).Count); // the search finds what is there
        foreach (var user in erased) await people.Shop.EraseAsync(user, cancellation: Cancellation);

        var preview = await Backup.PurgeAsync(
            place.Path, [folder.Path], BackupPlace.Masters(), dryRun: true, cancellation: Cancellation);
        Assert.Equal(erased, preview.Erased.ToHashSet());
        Assert.Equal(of.Count, Pieces.Find(place.Path, of).Count);
        var report = await Backup.PurgeAsync(
            place.Path, [folder.Path], BackupPlace.Masters(), time: new FakeClock(), cancellation: Cancellation);

        Assert.Equal(erased, report.Erased.ToHashSet());
        Assert.Empty(Pieces.Find(place.Path, of));
        Assert.Equal(others.Count, Pieces.Find(place.Path, others).Count);
        var manifest = await place.VerifyAsync();
        Assert.NotNull(manifest.PurgedAt);
        output.WriteLine($"{erased.Count} users, {of.Count} traces, {manifest.DatabaseBytes} bytes");
        report = await Backup.PurgeAsync(place.Path, [folder.Path], BackupPlace.Masters(), cancellation: Cancellation);
        Assert.Empty(report.Erased); // a second time there is nothing to do
        using var opened = place.AsFolder();
        await using var again = await opened.OpenAsync();
        var shop = await again.SignInAsync(people.Credential);
        foreach (var user in erased)
            Assert.Equal(
                ErrorCode.Erased,
                (await Assert.ThrowsAsync<SecureUserDataException>(
                    () => shop.Get(user).SetFieldAsync("address", "x"))).Code);
        foreach (var user in kept) await shop.Get(user).SetFieldAsync("address", "x");
    }

    [Fact]
    public async Task A_backup_that_was_made_in_the_middle_of_an_erasure_is_purged_of_its_rest()
    {
        using var folder = new DataFolder();
        using var place = new BackupPlace();
        var created = await EmbeddedEngine.CreateAsync(
            folder.Path, BackupPlace.Masters(), new EmbeddedOptions { Time = new FakeClock() });
        await using var engine = created.Engine;
        var people = await BackedUpPeople.FillAsync(engine, created.OperatorCredential, new Random(2), 3);
        var user = people.Users[0];
        for (var i = 0; i < 30; i++)
        {
            var records = Enumerable.Range(0, 1_000)
                .Select(_ => new NewRecord(RecordId.New(), RecordContent.Text("x"))).ToList();
            await people.Shop.Get(user).AddRecordsAsync("many", records);
        }
        var view = await people.Shop.Get(new ErasureId(user)).RequestAsync();
        Assert.Null(view.Certificate);
        await engine.BackupAsync(place.Path, cancellation: Cancellation);
        List<byte[]> of;
        using (var copy = place.AsFolder()) of = BackedUpPeople.Traces(copy, new HashSet<UserId> { user });
        Assert.True(of.Count > 10_000);
        await people.Shop.EraseAsync(user, cancellation: Cancellation);

        var report = await Backup.PurgeAsync(
            place.Path, [folder.Path], BackupPlace.Masters(), cancellation: Cancellation);

        Assert.Equal([user], report.Erased);
        Assert.Empty(Pieces.Find(place.Path, of));
        await place.VerifyAsync();
    }

    [Fact]
    public async Task What_is_left_in_the_gaps_of_pages_goes_with_a_purge()
    {
        using var folder = new DataFolder();
        using var place = new BackupPlace();
        await using (var made = (await EmbeddedEngine.CreateAsync(folder.Path, BackupPlace.Masters())).Engine)
            await made.BackupAsync(place.Path, cancellation: Cancellation);
        var backup = new DataFolder(place.Path); // removed with the place
        var planted = PageGapTests.Plant(backup);
        Assert.True(planted >= 5, $"only {planted} pages have room");
        place.MakeDigestFit();
        await place.VerifyAsync();
        Assert.Equal(planted, PageGapTests.Count(backup));

        await Backup.PurgeAsync(place.Path, [], BackupPlace.Masters(), cancellation: Cancellation);

        Assert.Equal(0, PageGapTests.Count(backup));
        await place.VerifyAsync();
    }

    [Fact]
    public async Task A_damaged_backup_is_not_purged_and_one_without_its_key_is_not_touched()
    {
        using var folder = new DataFolder();
        using var place = new BackupPlace();
        await using (var made = (await EmbeddedEngine.CreateAsync(folder.Path, BackupPlace.Masters())).Engine)
            await made.BackupAsync(place.Path, cancellation: Cancellation);
        var manifest = File.ReadAllBytes(place.Manifest);
        using var wrong = MasterKeyRing.Parse(MasterKeyRing.Generate());
        await Assert.ThrowsAsync<SecureUserDataException>(
            () => Backup.PurgeAsync(place.Path, [], wrong, cancellation: Cancellation));
        await Assert.ThrowsAsync<SecureUserDataException>(() => Backup.PurgeAsync(
            place.Path, [place.Path + "-no"], BackupPlace.Masters(), cancellation: Cancellation));
        await place.VerifyAsync();
        var bytes = File.ReadAllBytes(place.Database);
        bytes[^1] ^= 1;
        File.WriteAllBytes(place.Database, bytes);

        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
            () => Backup.PurgeAsync(place.Path, [], BackupPlace.Masters(), cancellation: Cancellation));

        Assert.Equal(ErrorCode.Tampered, refusal.Code);
        Assert.Equal(bytes, File.ReadAllBytes(place.Database));
        Assert.Equal(manifest, File.ReadAllBytes(place.Manifest));
    }
}
