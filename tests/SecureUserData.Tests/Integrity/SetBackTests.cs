using SecureUserData.Embedded;

namespace SecureUserData.Tests.Integrity;

/// <summary>Single states set back to an older copy that was once true, the log left as it is.</summary>
public sealed class SetBackTests(Scene scene) : IClassFixture<Scene>
{
    private string AdaToOrders => new ConsentId(scene.Ada, scene.Orders.Id).ToString();

    private string BobToLetters => new ConsentId(scene.Bob, scene.Letters.Id).ToString();

    [Fact]
    public async Task A_withdrawn_consent_that_is_set_back_to_given_reads_nothing()
    {
        using var before = scene.CopyOfBefore();
        await using (var engine = await before.OpenAsync()) await Scene.ReadAsync(engine, scene.Orders, scene.Ada);
        using var folder = scene.Copy();
        SetBack(before, folder, AdaToOrders);
        await using (var engine = await folder.OpenAsync())
        {
            var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
                () => Scene.ReadAsync(engine, scene.Orders, scene.Ada));
            Assert.Equal(ErrorCode.Denied, refusal.Code); // the log knows the withdrawal, and brings the state to it
            var ada = await engine.SignInAsync(scene.AdaCredential);
            var view = await ada.Get(new ConsentId(scene.Ada, scene.Orders.Id)).GetAsync();
            Assert.Equal(ConsentStatus.Withdrawn, view.Status);
        }
    }

    [Fact]
    public async Task A_withdrawn_consent_set_back_together_with_its_user_reads_nothing()
    {
        using var before = scene.CopyOfBefore();
        using var folder = scene.Copy();
        SetBack(before, folder, AdaToOrders);
        SetBack(before, folder, scene.Ada.ToString());
        await using var engine = await folder.OpenAsync();
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
            () => Scene.ReadAsync(engine, scene.Orders, scene.Ada));
        Assert.Equal(ErrorCode.Denied, refusal.Code);
    }

    [Fact]
    public async Task A_deleted_consent_comes_back_from_the_log_as_it_was_decided()
    {
        using var folder = scene.Copy();
        folder.Sql("DELETE FROM state WHERE id IN ($1, $2)", AdaToOrders, BobToLetters);
        await using var engine = await folder.OpenAsync();
        var ada = await engine.SignInAsync(scene.AdaCredential);
        var view = await ada.Get(new ConsentId(scene.Ada, scene.Orders.Id)).GetAsync();
        Assert.Equal(ConsentStatus.Withdrawn, view.Status);
        foreach (var (script, user) in ((RegisteredScript, UserId)[])
            [(scene.Orders, scene.Ada), (scene.Letters, scene.Bob)])
        {
            var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
                () => Scene.ReadAsync(engine, script, user));
            Assert.Equal(ErrorCode.Denied, refusal.Code);
        }
    }

    [Fact]
    public async Task A_pause_that_is_set_back_still_holds()
    {
        using var before = scene.Copy();
        using var folder = await AfterAsync(engine => PauseAsync(engine));
        SetBack(before, folder, scene.Ada.ToString());
        await using var engine = await folder.OpenAsync();
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
            () => Scene.ReadAsync(engine, scene.Letters, scene.Ada));
        Assert.Equal(ErrorCode.Denied, refusal.Code);
        var ada = await engine.SignInAsync(scene.AdaCredential);
        Assert.True((await ada.Get(scene.Ada).GetAsync()).Paused);
    }

    [Fact]
    public async Task A_credential_that_was_taken_back_stays_so_when_the_user_is_set_back()
    {
        using var before = scene.Copy();
        using var folder = await AfterAsync(async engine =>
            await (await engine.SignInAsync(scene.Operator)).Get(scene.Ada).ReissueCredentialAsync());
        SetBack(before, folder, scene.Ada.ToString());
        await using var engine = await folder.OpenAsync();
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => engine.SignInAsync(scene.AdaCredential));
        Assert.Equal(ErrorCode.Denied, refusal.Code);
        var claimCode = await (await engine.SignInAsync(scene.Operator)).Get(scene.Ada).ReissueCredentialAsync();
        await engine.SignInAsync(await engine.ClaimAsync(claimCode)); // and the way back is open
    }

    [Fact]
    public async Task A_state_that_is_set_back_by_more_than_one_change_is_not_opened()
    {
        using var before = scene.Copy();
        using var folder = await AfterAsync(async engine =>
        {
            await PauseAsync(engine);
            var shop = await engine.SignInAsync(scene.Shop.Credential);
            await shop.Get(scene.Ada).SetFieldAsync("city", "Bern");
            foreach (var name in (string[])["one", "two"])
                await shop.RegisterScriptAsync(new ScriptText(name, "x", LegalBasis.Consent) { Fields = ["name"] });
        });
        SetBack(before, folder, scene.Ada.ToString());
        SetBack(before, folder, scene.Shop.Id.ToString());
        await using var engine = await folder.OpenAsync();
        await Scene.AssertTamperedAsync(() => engine.SignInAsync(scene.AdaCredential), "a user set back");
        await Scene.AssertTamperedAsync(() => engine.SignInAsync(scene.Shop.Credential), "an application set back");
    }

    private async Task PauseAsync(EmbeddedEngine engine)
    {
        var ada = await engine.SignInAsync(scene.AdaCredential);
        await ada.Get(scene.Ada).PauseAsync();
    }

    private async Task<DataFolder> AfterAsync(Func<EmbeddedEngine, Task> act)
    {
        var folder = scene.Copy();
        await using var engine = await folder.OpenAsync();
        await act(engine);
        return folder;
    }

    private static void SetBack(DataFolder before, DataFolder folder, string entity) => Assert.Equal(1, folder.Sql(
        $"""
        ATTACH '{before.Database}' AS before;
        UPDATE state SET (version, owner, tags, body) =
            (SELECT version, owner, tags, body FROM before.state AS old WHERE old.id = $1)
        WHERE id = $1
        """,
        entity));
}
