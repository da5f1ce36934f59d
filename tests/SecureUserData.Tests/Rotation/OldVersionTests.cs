using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Rotation;

/// <summary>What is left of old versions when a rotation has ended: nothing that opens.</summary>
public sealed class OldVersionTests(Scene scene) : IClassFixture<Scene>
{
    private const string Keys = "SELECT key FROM unique_key WHERE holder = $1";

    private readonly FakeClock _clock = new(new DateTimeOffset(2026, 2, 2, 9, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string AdaToLetters => new ConsentId(scene.Ada, scene.Letters.Id).ToString();

    [Fact]
    public async Task A_users_row_of_before_has_a_key_that_nobody_can_unwrap()
    {
        using var before = scene.Copy();
        using var folder = await RotatedAsync(KeyKind.Application);
        SetBack(before, folder, scene.Ada.ToString());

        await using var engine = await OpenAsync(folder);
        await AssertTamperedAsync(engine, $"the key of {scene.Ada}");
    }

    [Fact]
    public async Task A_state_of_before_does_not_open()
    {
        using var before = scene.Copy();
        using var folder = await RotatedAsync(KeyKind.State);
        SetBack(before, folder, AdaToLetters);

        await using var engine = await OpenAsync(folder);
        await AssertTamperedAsync(engine, $"the state of {AdaToLetters}");
    }

    [Fact]
    public async Task An_applications_row_of_before_does_not_bring_its_old_key_back()
    {
        using var before = scene.Copy();
        using var folder = await RotatedAsync(KeyKind.Application);
        SetBack(before, folder, scene.Shop.Id.ToString());

        await using var engine = await OpenAsync(folder);
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
            () => engine.SignInAsync(scene.Shop.Credential));
        Assert.Equal(ErrorCode.Tampered, refusal.Code);
    }

    [Fact]
    public async Task An_applications_row_of_before_is_missed_when_its_master_key_has_left_the_ring()
    {
        const string Second = "2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";
        using var before = scene.Copy();
        using var folder = scene.Copy();
        await using (var engine = await OpenAsync(folder, $"{Second},{DataFolder.Masters}"))
        {
            var rotation = (await engine.SignInAsync(scene.Operator)).Get(new MasterRotationId());
            Assert.Equal([1], (await rotation.StartAsync()).Removable);
        }
        SetBack(before, folder, scene.Shop.Id.ToString());

        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => OpenAsync(folder, Second));

        Assert.Equal(ErrorCode.Unavailable, refusal.Code);
        Assert.Contains($"lacks version 1, which is still needed by {scene.Shop.Id}:", refusal.Message);
    }

    [Fact]
    public async Task A_record_of_before_is_under_a_key_that_is_gone()
    {
        using var before = scene.Copy();
        using var folder = await RotatedAsync(KeyKind.User);
        var record = scene.AdasMessages[0].ToString();
        folder.Sql(
            """
            ATTACH $1 AS before;
            UPDATE record SET envelope = (SELECT envelope FROM before.record WHERE id = $2) WHERE id = $2
            """,
            before.Database,
            record);

        await using var engine = await OpenAsync(folder);
        await AssertTamperedAsync(engine, $"record/messages/{record} of {scene.Ada}");
    }

    [Fact]
    public async Task Tags_of_before_are_gone_with_the_index_key()
    {
        using var before = scene.Copy();
        var tags = before.Texts("SELECT tag FROM tag WHERE tag LIKE 'ix/1.%'");
        var keys = before.Texts(Keys, scene.Ada.ToString());
        Assert.NotEmpty(tags);
        using var folder = await RotatedAsync(KeyKind.Index);

        var others = folder.Texts("SELECT id FROM tag WHERE tag LIKE 'ix/1.%'").Distinct();
        Assert.Equal([scene.Eve.ToString()], others); // whose application was not rotated
        Assert.Empty(folder.Texts(Keys, scene.Ada.ToString()).Intersect(keys));
    }

    [Fact]
    public async Task Nothing_is_destroyed_while_the_index_has_lost_somebody_whom_no_sweep_finds()
    {
        using var folder = scene.Copy();
        var bob = scene.Bob.ToString();
        folder.Sql("DELETE FROM tag WHERE id = $1 AND tag LIKE 'key/%'", bob);
        await using var engine = await OpenAsync(folder);
        var rotation = (await engine.SignInAsync(scene.Shop.Credential)).Get(new RotationId(scene.Shop.Id));
        await rotation.StartAsync(KeyKind.Application);
        _clock.Advance(TimeSpan.FromMinutes(10));

        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
            () => rotation.RunAheadAsync(cancellation: Cancellation));

        Assert.Equal((ErrorCode.Tampered, true), (refusal.Code, refusal.Message.Contains(bob)));
        Assert.Equal(2, (await rotation.GetAsync()).Keys.Count(key => key.Kind == KeyKind.Application));
        await Scene.ReadAsync(engine, scene.Orders, scene.Bob);
    }

    [Theory]
    [InlineData(KeyKind.Application)]
    [InlineData(KeyKind.State)]
    public async Task Whoever_cannot_be_moved_keeps_the_old_version_alive_and_is_named(KeyKind key)
    {
        using var folder = scene.Copy();
        var bob = scene.Bob.ToString();
        folder.Sql("UPDATE state SET body = CAST(body || x'00' AS BLOB) WHERE id = $1", bob);
        await using (var engine = await OpenAsync(folder))
        {
            var rotation = (await engine.SignInAsync(scene.Shop.Credential)).Get(new RotationId(scene.Shop.Id));
            await rotation.StartAsync(key);
            for (var tries = 0; tries < 3; tries++)
            {
                var run = (await rotation.RunAheadAsync(cancellation: Cancellation)).Current!;
                if (run.Phase != RotationPhase.Waiting)
                    Assert.Equal((RotationPhase.Scanning, 1L, bob), (run.Phase, run.Failed, run.Failures.Single()));
                Assert.Equal(2, (await rotation.GetAsync()).Keys.Count(version => version.Kind == key));
                _clock.Advance(run.GoesOn!.Value - _clock.GetUtcNow());
            }
            await Scene.ReadAsync(engine, scene.Letters, scene.Ada);
        }
        folder.Sql("UPDATE state SET body = substr(body, 1, length(body) - 1) WHERE id = $1", bob); // restored
        await using (var engine = await OpenAsync(folder))
        {
            var rotation = (await engine.SignInAsync(scene.Shop.Credential)).Get(new RotationId(scene.Shop.Id));
            _clock.Advance(TimeSpan.FromMinutes(10));
            var report = await rotation.RunAheadAsync(cancellation: Cancellation);
            Assert.Equal(RotationPhase.Finished, report.Past[0].Phase);
            await Scene.ReadAsync(engine, scene.Orders, scene.Bob);
        }
    }

    /// <summary>A copy of the scene after a whole rotation, closed.</summary>
    private async Task<DataFolder> RotatedAsync(KeyKind key)
    {
        var folder = scene.Copy();
        await using var engine = await OpenAsync(folder);
        var shop = new ApplicationActor(
            scene.Shop.Id, scene.Shop.Credential, await engine.SignInAsync(scene.Shop.Credential));
        Assert.Equal(RotationPhase.Finished, (await shop.RotateAsync(key, _clock)).Phase);
        await Scene.ReadAsync(engine, scene.Letters, scene.Ada);
        return folder;
    }

    private Task<EmbeddedEngine> OpenAsync(DataFolder folder, string masters = DataFolder.Masters) =>
        EmbeddedEngine.OpenAsync(
            folder.Path, MasterKeyRing.Parse(masters), new EmbeddedOptions { Time = _clock });

    private async Task AssertTamperedAsync(EmbeddedEngine engine, string place)
    {
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
            () => Scene.ReadAsync(engine, scene.Letters, scene.Ada));
        Assert.Equal(ErrorCode.Tampered, refusal.Code);
        Assert.Contains(place, refusal.Message);
    }

    private static void SetBack(DataFolder before, DataFolder folder, string id) => Assert.True(folder.Sql(
        """
        ATTACH $1 AS before;
        UPDATE state SET (version, owner, tags, body) =
            (SELECT version, owner, tags, body FROM before.state WHERE id = $2) WHERE id = $2
        """,
        before.Database,
        id) > 0);
}
