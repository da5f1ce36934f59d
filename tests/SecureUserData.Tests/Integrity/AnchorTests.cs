using SecureUserData.AccessLog;
using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;

namespace SecureUserData.Tests.Integrity;

/// <summary>Anchors that are held elsewhere find what a log that holds together does not tell.</summary>
public sealed class AnchorTests(Scene scene) : IClassFixture<Scene>, IDisposable
{
    private const string Cut = """
        DELETE FROM log WHERE rowid > $1;
        DELETE FROM log_batch WHERE last > (SELECT max(rowid) FROM log)
        """;

    private readonly DataFolder _elsewhere = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_anchor_of_the_log_as_it_is_agrees_with_it_now_and_when_it_has_gone_on()
    {
        using var folder = scene.Copy();
        var written = await AnchorAsync(folder);
        await Evidence.CheckAsync(folder, written.File);

        await using (var engine = await folder.OpenAsync()) await Scene.ReadAsync(engine, scene.Letters, scene.Ada);

        var verified = await Evidence.CheckAsync(folder, written.File);
        Assert.Equal(written.Statement.Entries + 1, verified.Entries);
        Assert.Equal(5, written.Statement.Chains);
        Assert.Equal(written.Statement.Entries, written.Statement.Newest!.Last);
    }

    [Fact]
    public async Task A_log_whose_newest_entries_were_cut_off_holds_alone_and_is_found_with_an_anchor()
    {
        using var folder = scene.Copy();
        var written = await AnchorAsync(folder);
        var last = written.Statement.Entries;
        Assert.True(folder.Sql(Cut, last - 1) > 0, "nothing was changed"); // Ada's withdrawal
        var sequence = folder.Value<long>("SELECT max(sequence) FROM log WHERE chain = $1", $"{scene.Ada}");

        await using (var engine = await folder.OpenAsync()) await engine.VerifyLogAsync(cancellation: Cancellation);

        await Evidence.AssertFoundAsync(
            folder,
            written.File,
            $"the access log of {scene.Ada} is shorter than the anchor of 2026-01-05 09:00:00Z says: "
            + $"it ends with entry {sequence}, not {sequence + 1}");
    }

    [Fact]
    public async Task A_folder_that_was_set_back_as_a_whole_is_found_with_an_anchor_also_when_it_has_gone_on()
    {
        using var now = scene.Copy();
        var written = await AnchorAsync(now);
        using var folder = scene.CopyOfBefore();
        await Evidence.AssertFoundAsync(folder, written.File, $"the access log of {scene.Ada} is shorter");

        // Until it is as long as it was: the entry in the place of the withdrawal is another one.
        await using (var engine = await folder.OpenAsync()) await Scene.ReadAsync(engine, scene.Orders, scene.Ada);

        var sequence = now.Value<long>("SELECT max(sequence) FROM log WHERE chain = $1", $"{scene.Ada}");
        await Evidence.AssertFoundAsync(
            folder,
            written.File,
            $"entry {sequence} in the access log of {scene.Ada} is not the one that the anchor of");
    }

    [Fact]
    public async Task A_chain_that_is_gone_is_found_with_an_anchor()
    {
        using var folder = scene.Copy();
        await using (var engine = await folder.OpenAsync())
        {
            var shop = await engine.SignInAsync(scene.Shop.Credential);
            await shop.CreateUserAsync(new Dictionary<string, string> { ["email"] = "new@example.org" });
        }
        var user = folder.Value<string>("SELECT chain FROM log ORDER BY rowid DESC LIMIT 1");
        var written = await AnchorAsync(folder);
        folder.Sql(Cut, written.Statement.Entries - 1);
        folder.Sql("DELETE FROM state WHERE id = $1; DELETE FROM tag WHERE id = $1", user);

        await Evidence.AssertFoundAsync(folder, written.File, $"the access log of {user} is gone: the anchor of");
    }

    [Fact]
    public async Task An_older_anchor_still_holds_and_the_newer_one_finds_what_the_older_cannot()
    {
        using var before = scene.CopyOfBefore();
        var older = await AnchorAsync(before);
        using var folder = scene.Copy();
        await Evidence.CheckAsync(folder, older.File);
        await using (var engine = await OpenAsync(folder, new FakeClock(new(2026, 1, 6, 9, 0, 0, TimeSpan.Zero))))
        {
            var newer = await engine.WriteAnchorAsync(_elsewhere.Path, null, Cancellation);
            await engine.DisposeAsync();
            folder.Sql(Cut, newer.Statement.Entries - 1);
            await Evidence.CheckAsync(folder, older.File);
            await Evidence.AssertFoundAsync(folder, newer.File, "2026-01-06 09:00:00Z says");
            await Evidence.AssertFoundAsync(
                () => Evidence.CheckAsync(folder, older.File, newer.File), "2026-01-06 09:00:00Z says");
        }
    }

    [Fact]
    public async Task An_anchor_holds_when_entries_that_it_names_were_emptied_since()
    {
        var clock = new FakeClock(new(2028, 1, 5, 9, 0, 0, TimeSpan.Zero));
        using var folder = scene.Copy();
        await using (var engine = await folder.OpenAsync()) await Scene.ReadAsync(engine, scene.Letters, scene.Ada);
        var head = folder.Value<long>("SELECT max(sequence) FROM log WHERE chain = $1", $"{scene.Ada}");
        var written = await AnchorAsync(folder);
        await using (var engine = await OpenAsync(folder, clock))
        {
            var ada = (await engine.SignInAsync(scene.AdaCredential)).Get(scene.Ada);
            for (var i = 0; i < 2; i++) await ada.GetAsync();
            var shop = await engine.SignInAsync(scene.Shop.Credential);
            await shop.Get(scene.Shop.Id).SetRetentionAsync(new RetentionRules { Log = TimeSpan.FromDays(365) });
            await shop.Get(new RetentionId(scene.Shop.Id)).RunToEndAsync(cancellation: Cancellation);
            await using var anchor = File.OpenRead(written.File);
            await engine.VerifyLogAsync(new LogEvidence { Anchors = [anchor] }, cancellation: Cancellation);
        }
        Assert.Contains("expired", folder.Value<string>(
            "SELECT CAST(body AS TEXT) FROM log WHERE chain = $1 AND sequence = $2", $"{scene.Ada}", head));
    }

    [Fact]
    public async Task The_anchor_of_another_installation_is_refused()
    {
        var other = new Scene();
        await other.InitializeAsync();
        using var theirs = other.Copy();
        var written = await AnchorAsync(theirs);
        await other.DisposeAsync();
        using var folder = scene.Copy();

        await Evidence.AssertFoundAsync(
            folder, written.File, "The anchor does not verify: another key than this one signed it");
    }

    [Fact]
    public async Task A_log_that_does_not_hold_gets_no_anchor_and_leaves_no_file()
    {
        using var folder = scene.Copy();
        folder.Sql("UPDATE log SET mac = randomblob(32) WHERE rowid = 3");

        await Scene.AssertTamperedAsync(() => AnchorAsync(folder), "anchored");

        Assert.Empty(Directory.GetFiles(_elsewhere.Path));
    }

    [Fact]
    public async Task No_anchor_takes_the_place_of_another()
    {
        using var folder = scene.Copy();
        var written = await AnchorAsync(folder);
        var before = await File.ReadAllBytesAsync(written.File, Cancellation);

        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => AnchorAsync(folder));

        Assert.Equal(ErrorCode.Conflict, refusal.Code);
        Assert.Equal(written.File, Assert.Single(Directory.GetFiles(_elsewhere.Path)));
        Assert.Equal(before, await File.ReadAllBytesAsync(written.File, Cancellation));
    }

    private async Task<WrittenAnchor> AnchorAsync(DataFolder folder)
    {
        await using var engine = await folder.OpenAsync();
        return await engine.WriteAnchorAsync(_elsewhere.Path, null, Cancellation);
    }

    private static Task<EmbeddedEngine> OpenAsync(DataFolder folder, FakeClock clock) => EmbeddedEngine.OpenAsync(
        folder.Path, MasterKeyRing.Parse(DataFolder.Masters), new EmbeddedOptions { Time = clock });

    public void Dispose() => _elsewhere.Dispose();
}
