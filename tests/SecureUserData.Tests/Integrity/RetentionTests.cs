using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;

namespace SecureUserData.Tests.Integrity;

/// <summary>Retention that is cut off, and retention over data that somebody has changed.</summary>
public sealed class RetentionTests(Scene scene) : IClassFixture<Scene>
{
    private static readonly RetentionRules Rules = new()
    {
        Fields = new Dictionary<string, TimeSpan> { ["city"] = TimeSpan.FromDays(30) },
        Collections = new Dictionary<string, TimeSpan> { ["messages"] = TimeSpan.FromDays(30) },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_that_is_cut_off_goes_on_where_it_was()
    {
        using var folder = scene.Copy();
        await using (var engine = await OpenAsync(folder))
        {
            var shop = await engine.SignInAsync(scene.Shop.Credential);
            for (var i = 0; i < 150; i++)
                await shop.CreateUserAsync(new Dictionary<string, string> { ["city"] = "Bath" });
        }
        await using (var engine = await OpenAsync(folder, new SlowClock(Later)))
        {
            await SetAsync(engine);
            var run = (await (await RetentionAsync(engine)).RunAsync()).Current!;
            Assert.Equal((64, null), (run.Counts.Users, run.Finished));
        }
        await using (var engine = await OpenAsync(folder, new SlowClock(Later)))
        {
            Assert.Equal(64, (await (await RetentionAsync(engine)).GetAsync()).Current!.Counts.Users);
            var progress = new List<long>();
            var report = await (await RetentionAsync(engine)).RunToEndAsync(new Told(progress), Cancellation);
            Assert.Equal([128, 152], progress); // the erased come after the others
            Assert.Equal(new RetentionCounts(Users: 152, Fields: 152, Records: 3), report.Last!.Counts);
            Assert.Null(report.Current);
            await engine.VerifyLogAsync(null, Cancellation);
        }
        Assert.Equal(0, folder.Value<long>("SELECT count(*) FROM record"));
    }

    [Fact]
    public async Task A_run_under_way_goes_over_all_again_when_the_rules_change_and_ends_when_there_are_none()
    {
        using var folder = scene.Copy();
        await using var engine = await OpenAsync(folder, new SlowClock(Later));
        await SetAsync(engine, RetentionRules.None with { Log = TimeSpan.FromDays(36_000) });
        var retention = await RetentionAsync(engine);
        Assert.NotNull((await retention.RunAsync()).Current); // has passed all but the erased

        await SetAsync(engine, RetentionRules.None);
        Assert.Null((await retention.RunToEndAsync(cancellation: Cancellation)).Last);
        await SetAsync(engine);

        Assert.Equal(3, (await retention.RunToEndAsync(cancellation: Cancellation)).Last!.Counts.Records);
    }

    [Fact]
    public async Task A_run_that_is_cut_off_is_taken_up_by_a_wake_up()
    {
        using var folder = scene.Copy();
        await using (var engine = await OpenAsync(folder)) await SetAsync(engine);
        var clock = new FakeClock(Later);
        await using var again = await OpenAsync(folder, clock);
        var retention = await RetentionAsync(again);

        clock.Advance(TimeSpan.FromSeconds(10));

        while ((await retention.GetAsync()).Last is null) await Task.Yield();
        Assert.Equal(3, (await retention.GetAsync()).Last!.Counts.Records);
    }

    [Fact]
    public async Task Records_that_a_crash_has_kept_are_erased_the_next_time()
    {
        using var folder = scene.Copy();
        using var before = scene.Copy();
        await using (var engine = await OpenAsync(folder))
        {
            await SetAsync(engine);
            await (await RetentionAsync(engine)).RunToEndAsync(cancellation: Cancellation);
        }
        // As if it had ended between the entry with its state and the deleting of the records.
        folder.Sql($"ATTACH '{before.Database}' AS before; INSERT INTO record SELECT * FROM before.record");

        await using var again = await OpenAsync(folder);
        var report = await (await RetentionAsync(again)).RunToEndAsync(cancellation: Cancellation);

        Assert.Equal(new RetentionCounts(Users: 2, Records: 3), report.Last!.Counts);
        Assert.Equal(0, folder.Value<long>("SELECT count(*) FROM record"));
        await again.VerifyLogAsync(null, Cancellation);
    }

    [Fact]
    public async Task A_user_whose_data_was_changed_is_counted_and_keeps_nobody_elses_alive()
    {
        using var folder = scene.Copy();
        folder.Sql("UPDATE state SET body = CAST(body || x'00' AS BLOB) WHERE id = $1", scene.Ada.ToString());
        await using var engine = await OpenAsync(folder);
        await SetAsync(engine);

        var report = await (await RetentionAsync(engine)).RunToEndAsync(cancellation: Cancellation);

        Assert.Equal(new RetentionCounts(Users: 2, Fields: 1, Records: 1, Failed: 1), report.Last!.Counts);
    }

    [Fact]
    public async Task The_run_of_an_application_leaves_the_users_of_others_alone()
    {
        using var folder = scene.Copy();
        var eve = folder.Value<long>("SELECT version FROM state WHERE id = $1", scene.Eve.ToString());
        await using var engine = await OpenAsync(folder);
        await SetAsync(engine);
        await (await RetentionAsync(engine)).RunToEndAsync(cancellation: Cancellation);

        Assert.Equal(eve, folder.Value<long>("SELECT version FROM state WHERE id = $1", scene.Eve.ToString()));
    }

    // Ids take their time from the system's clock: long after it no id is young.
    private static DateTimeOffset Later => new(2101, 1, 5, 9, 0, 0, TimeSpan.Zero);

    private static Task<EmbeddedEngine> OpenAsync(DataFolder folder, TimeProvider? clock = null) =>
        EmbeddedEngine.OpenAsync(
            folder.Path,
            MasterKeyRing.Parse(DataFolder.Masters),
            new EmbeddedOptions { Time = clock ?? new FakeClock(Later.AddDays(-40)) });

    private async Task SetAsync(EmbeddedEngine engine, RetentionRules? rules = null) =>
        await (await engine.SignInAsync(scene.Shop.Credential)).Get(scene.Shop.Id).SetRetentionAsync(rules ?? Rules);

    private async Task<IRetention> RetentionAsync(EmbeddedEngine engine) =>
        (await engine.SignInAsync(scene.Shop.Credential)).Get(new RetentionId(scene.Shop.Id));

    private sealed class Told(List<long> users) : IProgress<RetentionCounts>
    {
        public void Report(RetentionCounts value) => users.Add(value.Users);
    }

    /// <summary>A clock on which everything takes long: each look at it is more than a slice later.</summary>
    private sealed class SlowClock(DateTimeOffset now) : TimeProvider
    {
        private long _looks;

        public override long TimestampFrequency => 1;

        public override DateTimeOffset GetUtcNow() => now;

        public override long GetTimestamp() => Interlocked.Add(ref _looks, 2);
    }
}
