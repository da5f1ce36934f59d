namespace SecureUserData.Tests.Integrity;

/// <summary>The chains of look-ups have no state that knows of them: what is changed is found by their MACs and
/// batches, what is cut off by an anchor.</summary>
public sealed class LookUpChainTests(Scene scene) : IClassFixture<Scene>, IDisposable
{
    private readonly DataFolder _elsewhere = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Chain => $"{new LookUpsId(scene.Shop.Id, 5)}";

    [Fact]
    public async Task Chains_of_look_ups_are_verified_counted_and_anchored_like_all_others()
    {
        using var folder = scene.Copy();
        var file = await LookUpAsync(folder, 3);

        var verified = await Evidence.CheckAsync(folder, file);

        Assert.Equal(6, verified.Chains); // three users, one application, the installation, and the one part
        Assert.Equal(folder.Value<long>("SELECT count(*) FROM log"), verified.Entries);
        await using var anchor = File.OpenRead(file);
        await using var engine = await folder.OpenAsync();
        var heads = new List<LogHead>();
        await LogAnchor.VerifyAsync(
            anchor,
            await (await engine.SignInAsync(scene.Shop.Credential)).Get(new InstallationId()).GetCertificateKeyAsync(),
            head =>
            {
                heads.Add(head);
                return ValueTask.CompletedTask;
            },
            Cancellation);
        Assert.Equal(3, heads.Single(head => head.Chain == Chain).Sequence);
    }

    [Theory]
    [InlineData("body = CAST(replace(CAST(body AS TEXT), 'field/email', 'field/city') AS BLOB)")]
    [InlineData("chain = substr(chain, 1, length(chain) - 2) || '06'")]
    [InlineData("mac = zeroblob(32)")]
    public async Task An_entry_that_was_changed_or_given_to_another_part_is_found(string change)
    {
        using var folder = scene.Copy();
        await LookUpAsync(folder, 3);
        Assert.Equal(1, folder.Sql($"UPDATE log SET {change} WHERE chain = $1 AND sequence = 2", Chain));
        await using var engine = await folder.OpenAsync();
        var shop = await engine.SignInAsync(scene.Shop.Credential);

        await Scene.AssertTamperedAsync(() => shop.Get(scene.Shop.Id).ListLookUpsAsync(), change);
        await Scene.AssertTamperedAsync(() => engine.VerifyLogAsync(cancellation: Cancellation), change);
    }

    [Fact]
    public async Task An_emptied_look_up_has_no_authority()
    {
        using var folder = scene.Copy();
        await LookUpAsync(folder, 3);
        Assert.Equal(1, folder.Sql(
            $$"""UPDATE log SET body = CAST('{"app":"{{scene.Shop.Id}}","expired":true}' AS BLOB) """
            + "WHERE chain = $1 AND sequence = 2",
            Chain));
        await using var engine = await folder.OpenAsync();
        var part = (await engine.SignInAsync(scene.Shop.Credential)).Get(new LookUpsId(scene.Shop.Id, 5));

        await Scene.AssertTamperedAsync(() => part.ReadLogAsync(), "read");
        await Scene.AssertTamperedAtAsync(
            $"entry 2 in the access log of {Chain}", () => engine.VerifyLogAsync(cancellation: Cancellation));
    }

    [Fact]
    public async Task Look_ups_that_were_cut_off_the_end_are_found_with_an_anchor()
    {
        using var folder = scene.Copy();
        var file = await LookUpAsync(folder, 3);
        folder.Sql("DELETE FROM log WHERE rowid = (SELECT max(rowid) FROM log)");
        folder.Sql("DELETE FROM log_batch WHERE last > (SELECT max(rowid) FROM log)");

        await using (var engine = await folder.OpenAsync()) await engine.VerifyLogAsync(cancellation: Cancellation);

        await Evidence.AssertFoundAsync(
            folder, file, $"the access log of {Chain} is shorter than the anchor of 2026-01-05 09:00:00Z says");
    }

    [Fact]
    public async Task A_part_without_its_application_is_found()
    {
        using var folder = scene.Copy();
        await LookUpAsync(folder, 3);
        folder.Sql("DELETE FROM state WHERE id = $1", $"{scene.Shop.Id}");
        await using var engine = await folder.OpenAsync();

        await Scene.AssertTamperedAsync(() => engine.VerifyLogAsync(cancellation: Cancellation), "gone");
    }

    public void Dispose() => _elsewhere.Dispose();

    /// <summary>Looks somebody up so often in one part, and writes an anchor of the log.</summary>
    /// <returns>The anchor's file.</returns>
    private async Task<string> LookUpAsync(DataFolder folder, int times)
    {
        await using var engine = await folder.OpenAsync();
        var part = (await engine.SignInAsync(scene.Shop.Credential)).Get(new LookUpsId(scene.Shop.Id, 5));
        for (var i = 0; i < times; i++)
            Assert.Equal([scene.Ada], (await part.FindUsersAsync("email", "ada@example.org")).Items);
        return (await engine.WriteAnchorAsync(_elsewhere.Path, null, Cancellation)).File;
    }
}
