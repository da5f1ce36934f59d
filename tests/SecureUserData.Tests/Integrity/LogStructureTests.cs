namespace SecureUserData.Tests.Integrity;

/// <summary>Rows, batches and the index of the log, changed as a whole.</summary>
public sealed class LogStructureTests(Scene scene) : IClassFixture<Scene>
{
    public static TheoryData<string, string> Rows => new()
    {
        { "a user's whole chain deleted", "DELETE FROM log WHERE chain = $1" },
        {
            "a user's whole chain deleted and the rest moved together", """
            DELETE FROM log WHERE chain = $1;
            CREATE TEMP TABLE kept AS SELECT * FROM log ORDER BY rowid;
            DELETE FROM log;
            INSERT INTO log SELECT * FROM kept
            """
        },
        { "a row deleted", "DELETE FROM log WHERE chain = $1 AND sequence = 2" },
        { "the newest row deleted", "DELETE FROM log WHERE rowid = (SELECT max(rowid) FROM log)" },
        { "the first row deleted", "DELETE FROM log WHERE rowid = 1" },
        { "the newest row deleted and its batch", """
            DELETE FROM log_batch WHERE rowid = (SELECT max(rowid) - 1 FROM log_batch);
            DELETE FROM log WHERE rowid = (SELECT max(rowid) - 1 FROM log)
            """ },
        { "two rows of a chain swapped", Swap("chain = $1 AND sequence = 2", "chain = $1 AND sequence = 3") },
        { "two rows of two chains swapped", Swap("chain = $1 AND sequence = 1", "chain = $2 AND sequence = 1") },
        {
            "the bodies of two rows swapped", """
            UPDATE log SET body = (SELECT o.body FROM log o WHERE o.chain = $1 AND o.sequence = 5 - log.sequence)
            WHERE chain = $1 AND sequence IN (2, 3)
            """
        },
        {
            "sequence numbers swapped", """
            UPDATE log SET sequence = 5 - sequence WHERE chain = $1 AND sequence IN (2, 3)
            """
        },
        { "a row given to another chain", "UPDATE log SET chain = $2 WHERE chain = $1 AND sequence = 3" },
        { "a whole chain given to another user", "UPDATE log SET chain = $2 || 'x' WHERE chain = $1" },
        { "a body emptied", "UPDATE log SET body = x'' WHERE chain = $1 AND sequence = 2" },
        { "a body that is no entry", "UPDATE log SET body = CAST('[]' AS BLOB) WHERE rowid = 2" },
        { "a body that is null in JSON", "UPDATE log SET body = CAST('null' AS BLOB) WHERE rowid = 2" },
        { "a body of text", "UPDATE log SET body = CAST(body AS TEXT) WHERE rowid = 2" },
        { "a MAC of text", "UPDATE log SET mac = hex(mac) WHERE rowid = 2" },
        { "a MAC emptied", "UPDATE log SET mac = x'' WHERE rowid = 2" },
        { "a sequence as text", "PRAGMA ignore_check_constraints=1; UPDATE log SET sequence = 'x' WHERE rowid = 2" },
        { "a row invented", "INSERT INTO log SELECT * FROM log WHERE rowid = 3" },
        {
            "a row invented before the first", """
            INSERT INTO log (rowid, chain, sequence, body, mac) SELECT 0, * FROM log WHERE rowid = 3
            """
        },
    };

    public static TheoryData<string, string> Batches => new()
    {
        { "a batch deleted", "DELETE FROM log_batch WHERE rowid = 3" },
        { "the newest batch deleted", "DELETE FROM log_batch WHERE rowid = (SELECT max(rowid) FROM log_batch)" },
        { "all batches deleted", "DELETE FROM log_batch" },
        { "the newest batch twice", "INSERT INTO log_batch SELECT * FROM log_batch ORDER BY rowid DESC LIMIT 1" },
        {
            "a batch invented before the first", """
            INSERT INTO log_batch (rowid, first, last, digest, mac) SELECT -1, * FROM log_batch WHERE rowid = 3
            """
        },
        { "a batch longer", "UPDATE log_batch SET last = last + 1 WHERE rowid = 3" },
        { "a batch emptied", "UPDATE log_batch SET digest = x'', mac = x'' WHERE rowid = 3" },
        { "a batch's digest as text", "UPDATE log_batch SET digest = CAST(digest AS TEXT) WHERE rowid = 3" },
        {
            "two batches as one", """
            UPDATE log_batch SET last = 4 WHERE rowid = 3;
            DELETE FROM log_batch WHERE rowid = 4
            """
        },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    [MemberData(nameof(Batches))]
    public async Task A_changed_log_is_found(string change, string sql)
    {
        using var folder = scene.Copy();
        Assert.True(folder.Sql(sql, scene.Ada.ToString(), scene.Bob.ToString()) > 0, "nothing was changed");
        await Scene.AssertFoundAsync(folder, change);
    }

    [Theory]
    [InlineData("an index row deleted", "DELETE FROM log_index WHERE position = 3")]
    [InlineData("an index row that points elsewhere", "UPDATE log_index SET position = 4 WHERE position = 3")]
    [InlineData("an index row renumbered", "UPDATE log_index SET sequence = 99 WHERE position = 3")]
    [InlineData("an index row invented", "INSERT INTO log_index VALUES ('usr_x', 1, 3)")]
    [InlineData("an index row of the newest row invented", """
        INSERT INTO log_index SELECT chain, sequence + 1, max(rowid) FROM log
        """)]
    [InlineData("a whole chain's index rows deleted", "DELETE FROM log_index WHERE chain = $1")]
    [InlineData("a chain deleted with its index rows", """
        DELETE FROM log WHERE chain = $1; DELETE FROM log_index WHERE chain = $1
        """)]
    public async Task A_changed_index_is_found(string change, string sql)
    {
        using var folder = scene.Copy();
        IndexAll(folder);
        await using (var engine = await folder.OpenAsync())
            await engine.VerifyLogAsync(null, TestContext.Current.CancellationToken);
        Assert.True(folder.Sql(sql, scene.Ada.ToString()) > 0, "nothing was changed");
        await Scene.AssertFoundAsync(folder, change);
    }

    [Fact]
    public async Task A_log_said_to_be_indexed_further_than_it_is_is_found()
    {
        using var folder = scene.Copy();
        folder.Sql("INSERT INTO meta VALUES ('indexed', 3)");
        await Scene.AssertFoundAsync(folder, "indexed");
    }

    [Fact]
    public async Task An_untouched_log_verifies_also_after_a_vacuum()
    {
        using var folder = scene.Copy();
        var rows = folder.Value<long>("SELECT count(*) FROM log");
        folder.Sql("DELETE FROM wakeup; VACUUM");
        await using var engine = await folder.OpenAsync();
        var verified = await engine.VerifyLogAsync(null, TestContext.Current.CancellationToken);
        Assert.Equal((rows, 5), (verified.Entries, verified.Chains)); // three users, one application, the installation
    }

    [Fact]
    public async Task A_user_whose_newest_entries_were_cut_off_reads_nothing()
    {
        using var folder = scene.Copy();
        // The cut alone: without an anchor elsewhere verify cannot know, but the user's state knows the last change.
        folder.Sql(
            """
            DELETE FROM log WHERE rowid > (SELECT min(rowid) FROM log WHERE chain = $1);
            DELETE FROM log_batch WHERE last > (SELECT max(rowid) FROM log)
            """,
            scene.Ada.ToString());
        await using var engine = await folder.OpenAsync();
        await Scene.AssertTamperedAsync(() => engine.SignInAsync(scene.AdaCredential), "sign in");
    }

    /// <summary>Writes the index of all rows, as the engine does once there are many.</summary>
    private static void IndexAll(DataFolder folder) => folder.Sql(
        """
        INSERT INTO log_index SELECT chain, sequence, rowid FROM log;
        INSERT INTO meta SELECT 'indexed', max(rowid) FROM log
        """);

    private static string Swap(string one, string other) => $"""
        CREATE TEMP TABLE one AS SELECT rowid AS at, * FROM log WHERE {one};
        CREATE TEMP TABLE other AS SELECT rowid AS at, * FROM log WHERE {other};
        UPDATE log SET (chain, sequence, body, mac) = (SELECT chain, sequence, body, mac FROM other)
        WHERE rowid = (SELECT at FROM one);
        UPDATE log SET (chain, sequence, body, mac) = (SELECT chain, sequence, body, mac FROM one)
        WHERE rowid = (SELECT at FROM other)
        """;
}
