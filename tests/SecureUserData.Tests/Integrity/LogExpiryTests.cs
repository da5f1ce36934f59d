using System.Text;
using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;

namespace SecureUserData.Tests.Integrity;

/// <summary>Emptied entries: with authority they verify, and nobody passes anything else off as one.</summary>
public sealed class LogExpiryTests(Scene scene) : IClassFixture<Scene>
{
    private static readonly DateTimeOffset Later = new(2028, 1, 5, 9, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>After Ada's log was emptied but for two decisions; $1 is Ada, $2 what an emptied body is, $3 that of
    /// another application.</summary>
    public static TheoryData<string, string> Changes => new()
    {
        { "a row of before emptied without authority", "UPDATE log SET body = $2 WHERE rowid = (" + NotEmptied + ")" },
        { "the newest row emptied", "UPDATE log SET body = $2 WHERE rowid = (SELECT max(rowid) FROM log)" },
        { "a decision in force emptied", "UPDATE log SET body = $2 WHERE rowid = (" + Decision + ")" },
        { "the entry that gives the authority emptied", "UPDATE log SET body = $2 WHERE rowid = (" + Authority + ")" },
        { "the authority for more", "UPDATE log SET body = " + Raised + " WHERE rowid = (" + Authority + ")" },
        { "the authority removed", "DELETE FROM log WHERE rowid = (" + Authority + ")" },
        { "an emptied row removed", "DELETE FROM log WHERE chain = $1 AND sequence = 2" },
        { "an emptied row with another MAC", "UPDATE log SET mac = randomblob(32) WHERE chain = $1 AND sequence = 2" },
        {
            "the MACs of two emptied rows swapped", """
            UPDATE log SET mac = (SELECT o.mac FROM log o WHERE o.chain = $1 AND o.sequence = 3 - log.sequence)
            WHERE chain = $1 AND sequence IN (1, 2)
            """
        },
        { "an emptied row of another application", "UPDATE log SET body = $3 WHERE chain = $1 AND sequence = 2" },
        { "an emptied row with more in it", "UPDATE log SET body = body || ' ' WHERE chain = $1 AND sequence = 2" },
        { "an emptied row of no bytes", "UPDATE log SET body = x'' WHERE chain = $1 AND sequence = 2" },
        { "an emptied row given words again", "UPDATE log SET body = (SELECT o.body FROM log o "
            + "WHERE o.rowid = (" + NotEmptied + ")) WHERE chain = $1 AND sequence = 2" },
        { "an emptied row given to another user", "UPDATE log SET chain = 'usr_' WHERE chain = $1 AND sequence = 2" },
        { "the first row of the installation emptied", "UPDATE log SET body = $2 WHERE rowid = 1" },
    };

    private const string NotEmptied =
        "SELECT max(rowid) FROM log WHERE chain = $1 AND CAST(body AS TEXT) LIKE '%\"act\":15,%'";

    private const string Decision =
        "SELECT max(rowid) FROM log WHERE chain = $1 AND CAST(body AS TEXT) LIKE '%\"act\":20,%'";

    private const string Authority =
        "SELECT rowid FROM log WHERE chain = $1 AND CAST(body AS TEXT) LIKE '%\"act\":27,%'";

    private const string Raised =
        "CAST(replace(CAST(body AS TEXT), '\"through\":', '\"through\":9') AS BLOB)";

    [Fact]
    public async Task An_emptied_log_verifies_and_holds_no_word_of_before()
    {
        using var folder = await EmptiedAsync();

        await using var engine = await OpenAsync(folder);
        await engine.VerifyLogAsync(null, Cancellation);
        foreach (var file in Directory.GetFiles(folder.Path, "sud.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var text = new byte[stream.Length];
            await stream.ReadExactlyAsync(text, Cancellation);
            foreach (var message in scene.AdasMessages) // an entry named each record that was put
                Assert.True(
                    text.AsSpan().IndexOf(Encoding.ASCII.GetBytes($"record/messages/{message}\"")) < 0,
                    $"{Path.GetFileName(file)} names {message}");
        }
        Assert.True(folder.Value<long>(
            "SELECT count(*) FROM log WHERE chain = $1 AND CAST(body AS TEXT) LIKE '%expired%'", $"{scene.Ada}") >= 5);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Whoever_changes_an_emptied_log_is_found(string change, string sql)
    {
        using var folder = await EmptiedAsync();
        var (own, other) = (Body(scene.Shop.Id), Body(scene.Other.Id));

        Assert.True(folder.Sql(Numbered(sql), scene.Ada.ToString(), own, other) > 0, "nothing was changed");

        await Scene.AssertFoundAsync(folder, change);
    }

    [Theory]
    [InlineData("an entry that is not over", NotEmptied)]
    [InlineData("a decision in force", Decision)]
    public async Task The_user_is_not_shown_an_entry_as_emptied_that_was_not(string what, string row)
    {
        using var folder = await EmptiedAsync();
        folder.Sql($"UPDATE log SET body = $2 WHERE rowid = ({row})", scene.Ada.ToString(), Body(scene.Shop.Id));
        await using var engine = await OpenAsync(folder);
        var ada = (await engine.SignInAsync(scene.AdaCredential)).Get(scene.Ada);

        await Scene.AssertTamperedAsync(() => ada.ReadLogAsync(0, 1_000), what);
    }

    [Fact]
    public async Task An_untouched_log_of_which_rows_are_emptied_is_found_when_the_user_reads_it_or_all_is_verified()
    {
        using var folder = scene.Copy();
        folder.Sql(
            "UPDATE log SET body = $2 WHERE chain = $1 AND sequence < 4", scene.Ada.ToString(), Body(scene.Shop.Id));
        await using (var engine = await folder.OpenAsync())
        {
            var ada = (await engine.SignInAsync(scene.AdaCredential)).Get(scene.Ada);
            await Scene.AssertTamperedAsync(() => ada.ReadLogAsync(), "read");
        }
        await Scene.AssertFoundAsync(folder, "rows emptied");
    }

    [Fact]
    public async Task A_state_set_back_to_before_the_emptying_is_found_when_the_user_reads_the_log()
    {
        using var folder = scene.Copy();
        await using (var engine = await OpenAsync(folder)) await FillAsync(engine);
        var before = Assert.Single(
            folder.Rows("SELECT id, version, owner, tags, body FROM state"), row => (string)row[0] == $"{scene.Ada}");
        await using (var engine = await OpenAsync(folder)) await EmptyAsync(engine);
        folder.Sql("UPDATE state SET version = $2, owner = $3, tags = $4, body = $5 WHERE id = $1", before);

        await using var again = await OpenAsync(folder);
        var ada = (await again.SignInAsync(scene.AdaCredential)).Get(scene.Ada);
        await Scene.AssertTamperedAsync(() => ada.ReadLogAsync(0, 1_000), "set back");
    }

    private static byte[] Body(AppId app) => Encoding.ASCII.GetBytes($$"""{"app":"{{app}}","expired":true}""");

    /// <summary>A statement that names every parameter.</summary>
    private static string Numbered(string sql) => $"{sql}; SELECT $1, $2, $3";

    private static Task<EmbeddedEngine> OpenAsync(DataFolder folder) => EmbeddedEngine.OpenAsync(
        folder.Path, MasterKeyRing.Parse(DataFolder.Masters), new EmbeddedOptions { Time = new FakeClock(Later) });

    private async Task<DataFolder> EmptiedAsync()
    {
        var folder = scene.Copy();
        await using var engine = await OpenAsync(folder);
        await FillAsync(engine);
        await EmptyAsync(engine);
        return folder;
    }

    private async Task FillAsync(EmbeddedEngine engine)
    {
        var ada = (await engine.SignInAsync(scene.AdaCredential)).Get(scene.Ada);
        for (var i = 0; i < 2; i++) await ada.GetAsync();
    }

    private async Task EmptyAsync(EmbeddedEngine engine)
    {
        var shop = await engine.SignInAsync(scene.Shop.Credential);
        await shop.Get(scene.Shop.Id).SetRetentionAsync(new RetentionRules { Log = TimeSpan.FromDays(365) });
        await shop.Get(new RetentionId(scene.Shop.Id)).RunToEndAsync(cancellation: Cancellation);
    }
}
