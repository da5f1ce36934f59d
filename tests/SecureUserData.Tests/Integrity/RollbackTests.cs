namespace SecureUserData.Tests.Integrity;

/// <summary>One user, or one thing, set back together with what would tell of it.</summary>
public sealed class RollbackTests(Scene scene) : IClassFixture<Scene>
{
    /// <summary>The log goes on after the withdrawal, so that it is not the end that is cut off.</summary>
    private const string UserBack = """
        ATTACH '{0}' AS before;
        CREATE TEMP TABLE newer AS SELECT rowid AS at FROM log
            WHERE chain = $1 AND sequence > (SELECT max(sequence) FROM before.log WHERE chain = $1);
        UPDATE state SET (version, owner, tags, body) =
            (SELECT version, owner, tags, body FROM before.state AS old WHERE old.id = state.id)
        WHERE id = $1 OR id LIKE $1 || '/%';
        DELETE FROM tag WHERE id = $1 OR id LIKE $1 || '/%';
        INSERT INTO tag SELECT * FROM before.tag WHERE id = $1 OR id LIKE $1 || '/%';
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_set_back_with_the_consents_and_the_own_entries_of_the_log_is_found_at_the_opening()
    {
        using var before = scene.CopyOfBefore();
        using var folder = await GoneOnAsync();
        var missing = before.Value<long>("SELECT max(rowid) FROM log") + 1; // the withdrawal
        SetBack(folder, before, "DELETE FROM log WHERE rowid IN (SELECT at FROM newer)");

        await Scene.AssertTamperedAtAsync($"row {missing} of the access log", () => folder.OpenAsync());
    }

    [Fact]
    public async Task A_user_set_back_whose_entries_were_given_to_another_chain_is_found_when_all_is_verified()
    {
        using var before = scene.CopyOfBefore();
        using var folder = await GoneOnAsync();
        SetBack(folder, before, "UPDATE log SET chain = chain || 'x' WHERE rowid IN (SELECT at FROM newer)");
        await using var engine = await folder.OpenAsync();

        await Scene.AssertTamperedAtAsync(
            $"entry 1 in the access log of {scene.Ada}x", () => engine.VerifyLogAsync(cancellation: Cancellation));
    }

    [Fact]
    public async Task A_release_that_stands_on_an_older_decision_than_the_users_log_has_is_refused()
    {
        using var before = scene.CopyOfBefore();
        using var folder = scene.Copy();
        var consent = new ConsentId(scene.Ada, scene.Orders.Id);
        await using var engine = await folder.OpenAsync();
        await engine.SignInAsync(scene.AdaCredential); // the user is active, and knows the withdrawal
        folder.Sql(
            $"""
            ATTACH '{before.Database}' AS before;
            UPDATE state SET (version, owner, tags, body) =
                (SELECT version, owner, tags, body FROM before.state AS old WHERE old.id = $1)
            WHERE id = $1
            """,
            $"{consent}");

        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
            () => Scene.ReadAsync(engine, scene.Orders, scene.Ada));

        Assert.Equal(ErrorCode.Denied, refusal.Code); // it was brought forward to what the user knows
        Assert.Equal(
            ConsentStatus.Withdrawn,
            (await (await engine.SignInAsync(scene.AdaCredential)).Get(consent).GetAsync()).Status);
    }

    [Fact]
    public async Task A_script_set_back_by_more_than_one_version_does_not_open()
    {
        using var before = scene.Copy();
        using var folder = scene.Copy();
        await using (var engine = await folder.OpenAsync())
        {
            var script = (await engine.SignInAsync(scene.Shop.Credential)).Get(scene.Letters.Id);
            foreach (var purpose in (string[])["Weekly letter", "Daily letter"])
                await script.AddVersionAsync(
                    new ScriptText("Letters", purpose, LegalBasis.Consent) { Fields = ["name"] });
        }
        Restore(folder, before, $"{scene.Letters.Id}");
        await using var again = await folder.OpenAsync();

        var place = $"the state of {scene.Letters.Id}";
        await Scene.AssertTamperedAtAsync(place, () => again.SignInAsync(scene.Letters.Credential));
        var ada = await again.SignInAsync(scene.AdaCredential);
        await Scene.AssertTamperedAtAsync(place, ada.Get(new ConsentId(scene.Ada, scene.Letters.Id)).GetAsync);
    }

    [Fact]
    public async Task A_script_set_back_by_one_version_is_on_record_as_not_applied()
    {
        using var before = scene.Copy();
        using var folder = scene.Copy();
        await using (var engine = await folder.OpenAsync())
        {
            var script = (await engine.SignInAsync(scene.Shop.Credential)).Get(scene.Letters.Id);
            await script.AddVersionAsync(new ScriptText("Letters", "Weekly", LegalBasis.Consent) { Fields = ["name"] });
        }
        Restore(folder, before, $"{scene.Letters.Id}");
        await using var again = await folder.OpenAsync();
        await again.SignInAsync(scene.Letters.Credential);

        var shop = (await again.SignInAsync(scene.Shop.Credential)).Get(scene.Shop.Id);
        Assert.Equal(Activity.NotApplied, (await shop.ReadLogAsync())[^1].Activity);
    }

    /// <summary>The log has gone on with others' entries since Ada's withdrawal.</summary>
    private async Task<DataFolder> GoneOnAsync()
    {
        var folder = scene.Copy();
        await using var engine = await folder.OpenAsync();
        await Scene.ReadAsync(engine, scene.Orders, scene.Bob);
        return folder;
    }

    private void SetBack(DataFolder folder, DataFolder before, string log) => Assert.True(
        folder.Sql(string.Format(null, UserBack, before.Database) + log, $"{scene.Ada}") > 0, "nothing was changed");

    private static void Restore(DataFolder folder, DataFolder before, string entity) => Assert.Equal(1, folder.Sql(
        $"""
        ATTACH '{before.Database}' AS before;
        UPDATE state SET (version, owner, tags, body) =
            (SELECT version, owner, tags, body FROM before.state AS old WHERE old.id = $1)
        WHERE id = $1
        """,
        entity));
}
