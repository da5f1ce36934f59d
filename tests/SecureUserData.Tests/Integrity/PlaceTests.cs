namespace SecureUserData.Tests.Integrity;

/// <summary>What somebody does who can write to the database and has no key: nothing is released, and whoever asks is
/// told where it does not authenticate.</summary>
public sealed class PlaceTests(Scene scene) : IClassFixture<Scene>
{
    private const string SwapStates = """
        CREATE TEMP TABLE one AS SELECT version, owner, tags, body FROM state WHERE id = $1;
        UPDATE state SET (version, owner, tags, body) =
            (SELECT version, owner, tags, body FROM state WHERE id = $2) WHERE id = $1;
        UPDATE state SET (version, owner, tags, body) = (SELECT version, owner, tags, body FROM one) WHERE id = $2
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_users_with_each_others_states_are_not_read()
    {
        using var folder = Changed(SwapStates, scene.Ada, scene.Bob);
        var (ada, bob) = (Version(folder, scene.Ada), Version(folder, scene.Bob));
        await using var engine = await folder.OpenAsync();

        await Scene.AssertTamperedAtAsync(
            $"state/{ada} of {scene.Ada}", () => Scene.ReadAsync(engine, scene.Letters, scene.Ada));
        await Scene.AssertTamperedAtAsync(
            $"state/{bob} of {scene.Bob}", () => Scene.ReadAsync(engine, scene.Orders, scene.Bob));
        await Scene.AssertTamperedAtAsync(
            $"state/{ada} of {scene.Ada}", () => engine.SignInAsync(scene.AdaCredential));
    }

    [Fact]
    public async Task Two_consents_with_each_others_states_read_nothing()
    {
        var given = new ConsentId(scene.Ada, scene.Letters.Id);
        var withdrawn = new ConsentId(scene.Ada, scene.Orders.Id);
        using var folder = Changed(SwapStates, given, withdrawn);
        var version = Version(folder, withdrawn);
        await using var engine = await folder.OpenAsync();

        await Scene.AssertTamperedAtAsync(
            $"state/{version} of {withdrawn}", () => Scene.ReadAsync(engine, scene.Orders, scene.Ada));
    }

    [Fact]
    public async Task Two_records_of_two_users_with_each_others_content_are_not_read()
    {
        var (ada, bob) = (scene.AdasMessages[0], scene.BobsMessage);
        using var folder = Changed(
            """
            CREATE TEMP TABLE one AS SELECT envelope FROM record WHERE id = $1;
            UPDATE record SET envelope = (SELECT envelope FROM record WHERE id = $2) WHERE id = $1;
            UPDATE record SET envelope = (SELECT envelope FROM one) WHERE id = $2
            """,
            ada,
            bob);
        await using var engine = await folder.OpenAsync();

        await Scene.AssertTamperedAtAsync(
            $"record/messages/{ada} of {scene.Ada}", () => Scene.ReadAsync(engine, scene.Letters, scene.Ada));
        await Scene.AssertTamperedAtAsync(
            $"record/messages/{bob} of {scene.Bob}", () => Scene.ReadAsync(engine, scene.Orders, scene.Bob));
    }

    [Fact]
    public async Task Two_records_of_a_user_with_each_others_content_are_not_read()
    {
        var (one, two) = (scene.AdasMessages[0], scene.AdasMessages[1]);
        using var folder = Changed(
            """
            CREATE TEMP TABLE one AS SELECT envelope FROM record WHERE id = $1;
            UPDATE record SET envelope = (SELECT envelope FROM record WHERE id = $2) WHERE id = $1;
            UPDATE record SET envelope = (SELECT envelope FROM one) WHERE id = $2
            """,
            one,
            two);
        await using var engine = await folder.OpenAsync();

        await Scene.AssertTamperedAtAsync(
            $"record/messages/{one} of {scene.Ada}", () => Scene.ReadAsync(engine, scene.Letters, scene.Ada));
    }

    [Fact]
    public async Task A_record_in_another_collection_or_under_another_id_is_not_read()
    {
        var (moved, renamed) = (scene.AdasMessages[0], scene.AdasMessages[1]);
        var other = RecordId.Parse($"{renamed}"[..^3] + "012");
        using var folder = Changed(
            "UPDATE record SET collection = 'drafts' WHERE id = $1; UPDATE record SET id = $2 WHERE id = $3",
            moved,
            other,
            renamed);
        await using var engine = await folder.OpenAsync();
        var ada = (await engine.SignInAsync(scene.AdaCredential)).Get(scene.Ada);

        await Scene.AssertTamperedAtAsync(
            $"record/drafts/{moved} of {scene.Ada}", () => ada.GetRecordAsync("drafts", moved));
        await Scene.AssertTamperedAtAsync(
            $"record/messages/{other} of {scene.Ada}", () => ada.GetRecordAsync("messages", other));
    }

    [Theory]
    [InlineData("UPDATE log SET body = CAST(replace(body, 'act', 'acT') AS BLOB) WHERE chain = $1 AND sequence = 3")]
    [InlineData("UPDATE log SET sequence = 4 WHERE chain = $1 AND sequence = 3")]
    [InlineData("""
        UPDATE log SET body = (SELECT body FROM log AS o WHERE o.chain = $1 AND o.sequence = 4)
        WHERE chain = $1 AND sequence = 3
        """)]
    public async Task A_changed_entry_is_named(string sql)
    {
        using var folder = Changed(sql, scene.Ada);
        var place = $"entry 3 in the access log of {scene.Ada}";
        await using var engine = await folder.OpenAsync();

        await Scene.AssertTamperedAtAsync(place, () => engine.VerifyLogAsync(cancellation: Cancellation));
    }

    [Fact]
    public async Task An_entry_with_another_MAC_is_found_in_its_batch()
    {
        using var folder = Changed("UPDATE log SET mac = randomblob(32) WHERE rowid = $1", 7);
        await using var engine = await folder.OpenAsync();

        await Scene.AssertTamperedAtAsync(
            "rows 7 to 7 of the access log", () => engine.VerifyLogAsync(cancellation: Cancellation));
    }

    [Theory]
    [InlineData("DELETE FROM log WHERE chain = $1 AND sequence = 3")]
    [InlineData("DELETE FROM log WHERE rowid = (SELECT max(rowid) FROM log)")]
    public async Task A_missing_entry_is_found_at_the_opening(string sql)
    {
        using var folder = scene.Copy();
        var rows = folder.Value<string>("SELECT group_concat(rowid) FROM log").Split(',');
        folder.Sql(sql, $"{scene.Ada}");
        var missing = rows.Except(folder.Value<string>("SELECT group_concat(rowid) FROM log").Split(',')).Single();

        await Scene.AssertTamperedAtAsync($"row {missing} of the access log", () => folder.OpenAsync());
    }

    [Fact]
    public async Task An_entry_that_goes_missing_while_the_folder_is_open_is_found_when_all_is_verified()
    {
        using var folder = scene.Copy();
        await using var engine = await folder.OpenAsync();
        folder.Sql("DELETE FROM log WHERE rowid = 5");

        await Scene.AssertTamperedAtAsync(
            "row 5 of the access log", () => engine.VerifyLogAsync(cancellation: Cancellation));
    }

    [Fact]
    public async Task A_user_of_the_same_application_is_not_found_by_anothers_value()
    {
        using var folder = scene.Copy();
        folder.Sql(
            "INSERT INTO tag SELECT tag, $2 FROM tag WHERE id = $1 ON CONFLICT DO NOTHING",
            $"{scene.Ada}",
            $"{scene.Bob}");
        await using var engine = await folder.OpenAsync();
        var shop = await engine.SignInAsync(scene.Shop.Credential);

        await Scene.AssertTamperedAtAsync(
            $"the tags of {scene.Bob}", () => shop.FindUsersAsync("email", "ada@example.org"));
    }

    [Fact]
    public async Task A_batch_that_is_missing_or_changed_is_found_at_the_opening()
    {
        foreach (var sql in (string[])
            ["DELETE FROM log_batch WHERE rowid = $1", "UPDATE log_batch SET mac = randomblob(32) WHERE rowid = $1"])
        {
            using var folder = Changed(sql, 4);
            await Scene.AssertTamperedAtAsync("batch 4 of the access log", () => folder.OpenAsync());
        }
        using var cut = Changed("DELETE FROM log_batch WHERE rowid = (SELECT max(rowid) FROM log_batch)", 0);
        var last = cut.Value<long>("SELECT max(last) FROM log_batch");
        await Scene.AssertTamperedAtAsync($"the batch of row {last + 1} of the access log", () => cut.OpenAsync());
    }

    private DataFolder Changed(string sql, params object[] values)
    {
        var folder = scene.Copy();
        var texts = values.Select(value => value is int ? value : value.ToString()).ToArray();
        Assert.True(folder.Sql(sql, texts) > 0, "nothing was changed");
        return folder;
    }

    private static long Version(DataFolder folder, object entity) =>
        folder.Value<long>("SELECT version FROM state WHERE id = $1", $"{entity}");
}
