namespace SecureUserData.Tests.Integrity;

/// <summary>States changed, swapped and set back in the database: nothing is read and nobody signs in with
/// them.</summary>
public sealed class StateTests(Scene scene) : IClassFixture<Scene>
{
    private string AdaToLetters => new ConsentId(scene.Ada, scene.Letters.Id).ToString();

    private string AdaToOrders => new ConsentId(scene.Ada, scene.Orders.Id).ToString();

    private string BobToLetters => new ConsentId(scene.Bob, scene.Letters.Id).ToString();

    private string BobToOrders => new ConsentId(scene.Bob, scene.Orders.Id).ToString();

    /// <summary>Every column of a stored state, changed alone.</summary>
    public static TheoryData<string> Changes =>
    [
        "version = version + 1",
        "version = version - 1",
        "version = CAST(version AS TEXT) || 'x'",
        "owner = 'master'",
        "owner = ''",
        "owner = $2",
        "tags = tags || 'x'",
        "tags = tags || char(10) || 'x'",
        "tags = char(10) || tags",
        "body = x''",
        "body = CAST(body AS TEXT)",
        "body = substr(body, 1, length(body) - 1)",
        "body = body || x'00'",
    ];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_changed_user_neither_signs_in_nor_is_read(string change)
    {
        using var folder = Changed(scene.Ada.ToString(), change);
        await using var engine = await folder.OpenAsync();
        await Scene.AssertTamperedAsync(() => engine.SignInAsync(scene.AdaCredential), change);
        await Scene.AssertTamperedAsync(() => Scene.ReadAsync(engine, scene.Letters, scene.Ada), change);
        await Scene.ReadAsync(engine, scene.Orders, scene.Bob); // and nobody else is hit
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_changed_consent_reads_nothing(string change)
    {
        using var folder = Changed(AdaToLetters, change);
        await using var engine = await folder.OpenAsync();
        await Scene.AssertTamperedAsync(() => Scene.ReadAsync(engine, scene.Letters, scene.Ada), change);
        var ada = await engine.SignInAsync(scene.AdaCredential);
        await Scene.AssertTamperedAsync(ada.Get(new ConsentId(scene.Ada, scene.Letters.Id)).GetAsync, change);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_changed_script_does_not_sign_in_and_is_not_shown(string change)
    {
        using var folder = Changed(scene.Letters.Id.ToString(), change);
        await using var engine = await folder.OpenAsync();
        await Scene.AssertTamperedAsync(() => engine.SignInAsync(scene.Letters.Credential), change);
        var ada = await engine.SignInAsync(scene.AdaCredential);
        await Scene.AssertTamperedAsync(ada.Get(new ConsentId(scene.Ada, scene.Letters.Id)).GetAsync, change);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_changed_application_opens_none_of_its_users(string change)
    {
        using var folder = Changed(scene.Shop.Id.ToString(), ForMaster(change));
        await using var engine = await folder.OpenAsync();
        await Scene.AssertTamperedAsync(() => engine.SignInAsync(scene.Shop.Credential), change);
        await Scene.AssertTamperedAsync(() => engine.SignInAsync(scene.AdaCredential), change);
        await Scene.AssertTamperedAsync(() => engine.SignInAsync(scene.Letters.Credential), change);
        await engine.SignInAsync(scene.Other.Credential);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_changed_installation_does_not_open(string change)
    {
        using var folder = Changed("installation", ForMaster(change));
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => folder.OpenAsync());
        // A changed check value looks like a wrong master key.
        Assert.Equal(change == "tags = tags || 'x'" ? ErrorCode.Unavailable : ErrorCode.Tampered, refusal.Code);
    }

    [Fact]
    public async Task A_flipped_bit_in_any_byte_of_a_body_is_found()
    {
        using var folder = scene.Copy();
        var body = folder.Value<byte[]>("SELECT body FROM state WHERE id = $1", AdaToLetters);
        for (var i = 0; i < body.Length; i++)
        {
            var changed = body.ToArray();
            changed[i] ^= (byte)(1 << (i % 8));
            folder.Sql("UPDATE state SET body = $1 WHERE id = $2", changed, AdaToLetters);
            await using var engine = await folder.OpenAsync();
            await Scene.AssertTamperedAsync(
                () => Scene.ReadAsync(engine, scene.Letters, scene.Ada), $"byte {i} of {body.Length} of a body");
        }
    }

    [Fact]
    public async Task One_users_consent_does_not_pass_for_anothers()
    {
        foreach (var columns in (string[])["body", "owner, tags, body", "version, owner, tags, body"])
        {
            using var folder = scene.Copy();
            Put(folder, columns, from: AdaToLetters, to: BobToLetters); // Ada's Given under Bob's Refused
            Put(folder, columns, from: BobToOrders, to: AdaToOrders); // Bob's Given under Ada's Withdrawn
            await using var engine = await folder.OpenAsync();
            await Scene.AssertTamperedAsync(() => Scene.ReadAsync(engine, scene.Letters, scene.Bob), columns);
            await Scene.AssertTamperedAsync(() => Scene.ReadAsync(engine, scene.Orders, scene.Ada), columns);
        }
    }

    [Fact]
    public async Task One_scripts_consent_does_not_pass_for_anothers()
    {
        using var folder = scene.Copy();
        Put(folder, "version, owner, tags, body", from: AdaToLetters, to: AdaToOrders);
        await using var engine = await folder.OpenAsync();
        await Scene.AssertTamperedAsync(
            () => Scene.ReadAsync(engine, scene.Orders, scene.Ada), "another script's Given");
    }

    [Fact]
    public async Task A_verifier_cannot_be_replaced_by_anothers()
    {
        foreach (var (one, other, credentials) in ((string, string, Credential[])[])
            [
                (scene.Ada.ToString(), scene.Bob.ToString(), [scene.AdaCredential, scene.BobCredential]),
                (
                    scene.Letters.Id.ToString(),
                    scene.Orders.Id.ToString(),
                    [scene.Letters.Credential, scene.Orders.Credential]),
                (scene.Shop.Id.ToString(), scene.Other.Id.ToString(), [scene.Shop.Credential, scene.Other.Credential]),
            ])
        {
            using var folder = scene.Copy();
            folder.Sql("UPDATE state SET id = 'x' WHERE id = $1", one);
            folder.Sql("UPDATE state SET id = $1 WHERE id = $2", one, other);
            folder.Sql("UPDATE state SET id = $1 WHERE id = 'x'", other);
            await using var engine = await folder.OpenAsync();
            foreach (var credential in credentials)
                await Scene.AssertTamperedAsync(() => engine.SignInAsync(credential), $"{one} and {other} swapped");
        }
    }

    /// <summary>For states that the master key seals, whose owner is that already.</summary>
    private static string ForMaster(string change) =>
        change.Replace("'master'", "'app_x'", StringComparison.Ordinal);

    private DataFolder Changed(string entity, string change)
    {
        var folder = scene.Copy();
        var changed = folder.Sql($"UPDATE state SET {change} WHERE id = $1", entity, scene.Other.Id.ToString());
        Assert.Equal(1, changed);
        return folder;
    }

    private static void Put(DataFolder folder, string columns, string from, string to) => Assert.Equal(1, folder.Sql(
        $"UPDATE state SET ({columns}) = (SELECT {columns} FROM state WHERE id = $1) WHERE id = $2", from, to));
}
