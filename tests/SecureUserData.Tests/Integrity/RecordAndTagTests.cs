namespace SecureUserData.Tests.Integrity;

/// <summary>Records and tags changed in the database.</summary>
public sealed class RecordAndTagTests(Scene scene) : IClassFixture<Scene>
{
    public static TheoryData<string, string> Changes => new()
    {
        {
            "two records of a user swapped", """
            UPDATE record SET envelope = (SELECT o.envelope FROM record o WHERE o.user = $1 AND o.id <> record.id)
            WHERE user = $1
            """
        },
        {
            "another user's record", """
            UPDATE record SET envelope = (SELECT envelope FROM record WHERE user = $2) WHERE user = $1
            """
        },
        {
            "moved from another user", """
            DELETE FROM record WHERE user = $1;
            UPDATE record SET user = $1 WHERE user = $2
            """
        },
        { "another id", "UPDATE record SET id = substr(id, 1, 27) || '012' WHERE user = $1 AND id = $3" },
        { "an id that is none", "UPDATE record SET id = 'rec_x' || substr(id, 6, 20) WHERE user = $1 AND id = $3" },
        { "a bit flipped", "UPDATE record SET envelope = substr(envelope, 1, 40) || x'ff' WHERE user = $1" },
        { "emptied", "UPDATE record SET envelope = x'' WHERE user = $1" },
        { "text", "UPDATE record SET envelope = CAST(envelope AS TEXT) WHERE user = $1" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_changed_record_is_not_read(string change, string sql)
    {
        using var folder = scene.Copy();
        Assert.True(
            folder.Sql(sql, scene.Ada.ToString(), scene.Bob.ToString(), scene.AdasMessages[0].ToString()) > 0,
            "nothing was changed");
        await using var engine = await folder.OpenAsync();
        await Scene.AssertTamperedAsync(() => Scene.ReadAsync(engine, scene.Letters, scene.Ada), change);
        var ada = (await engine.SignInAsync(scene.AdaCredential)).Get(scene.Ada);
        await Scene.AssertTamperedAsync(() => ada.ListRecordsAsync("messages"), change);
    }

    [Fact]
    public async Task A_record_in_another_collection_is_not_read()
    {
        using var folder = scene.Copy();
        folder.Sql("UPDATE record SET collection = 'drafts' WHERE user = $1", scene.Ada.ToString());
        await using var engine = await folder.OpenAsync();
        var ada = (await engine.SignInAsync(scene.AdaCredential)).Get(scene.Ada);
        await Scene.AssertTamperedAsync(() => ada.GetRecordAsync("drafts", scene.AdasMessages[0]), "moved");
    }

    [Theory]
    [InlineData("email", "ada@example.org", false)]
    [InlineData("city", "zürich", false)]
    [InlineData("email", "ada@example.org", true)]
    public async Task A_look_up_does_not_find_a_user_by_an_invented_tag(string field, string value, bool alsoInTheState)
    {
        using var folder = scene.Copy();
        var mine = folder.Value<string>("SELECT tags FROM state WHERE id = $1", scene.Ada.ToString()).Split('\n');
        var his = folder.Value<string>("SELECT tags FROM state WHERE id = $1", scene.Eve.ToString()).Split('\n');
        foreach (var tag in mine.Except(his))
        {
            folder.Sql("INSERT INTO tag (tag, id) VALUES ($1, $2)", tag, scene.Eve.ToString());
            if (alsoInTheState)
                folder.Sql("UPDATE state SET tags = tags || char(10) || $1 WHERE id = $2", tag, scene.Eve.ToString());
        }
        await using var engine = await folder.OpenAsync();
        var shop = await engine.SignInAsync(scene.Shop.Credential);
        await Scene.AssertTamperedAsync(() => shop.FindUsersAsync(field, value), $"{field}, {alsoInTheState}");
    }

    [Fact]
    public async Task Another_applications_user_is_not_listed_by_an_invented_tag()
    {
        using var folder = scene.Copy();
        var tag = $"key/{scene.Shop.Id}/1";
        folder.Sql("INSERT INTO tag (tag, id) VALUES ($1, $2)", tag, scene.Eve.ToString());
        await using var engine = await folder.OpenAsync();
        var shop = (await engine.SignInAsync(scene.Shop.Credential)).Get(scene.Shop.Id);
        await Scene.AssertTamperedAsync(() => shop.ListUsersAsync(), "listed");
    }

    [Fact]
    public async Task An_untouched_look_up_finds_who_is_there()
    {
        using var folder = scene.Copy();
        await using var engine = await folder.OpenAsync();
        var shop = await engine.SignInAsync(scene.Shop.Credential);
        Assert.Equal([scene.Ada], (await shop.FindUsersAsync("email", "ADA@example.org")).Items);
        Assert.Equal([scene.Ada, scene.Bob], (await shop.FindUsersAsync("city", "Zu\u0308rich")).Items);
    }
}
