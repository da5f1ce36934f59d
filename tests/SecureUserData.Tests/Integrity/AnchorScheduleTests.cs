using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;
using SecureUserData.Tests.Hosting;

namespace SecureUserData.Tests.Integrity;

/// <summary>Anchors that the engine writes by itself.</summary>
public sealed class AnchorScheduleTests(Scene scene) : IClassFixture<Scene>, IDisposable
{
    private readonly DataFolder _elsewhere = new();

    [Fact]
    public async Task Anchors_are_written_when_the_newest_is_old_enough_and_a_failure_is_told()
    {
        var clock = new FakeClock();
        using var folder = scene.Copy();
        var options = new EmbeddedOptions
        {
            Time = clock, Anchors = new AnchorSchedule(_elsewhere.Path, TimeSpan.FromDays(1)),
        };
        await using var engine = await EmbeddedEngine.OpenAsync(
            folder.Path, MasterKeyRing.Parse(DataFolder.Masters), options);
        var first = Path.Combine(_elsewhere.Path, "sud-log-20260105T090100Z.anchor");
        clock.Advance(TimeSpan.FromMinutes(1));
        await HostBench.UntilAsync(() => File.Exists(first), "the first anchor");
        clock.Advance(TimeSpan.FromHours(23));
        await Evidence.CheckAsync(engine, [first]);
        Assert.Equal(first, Assert.Single(Directory.GetFiles(_elsewhere.Path)));

        clock.Advance(TimeSpan.FromHours(1));
        await UntilAsync(
            clock, () => Directory.GetFiles(_elsewhere.Path, "*.anchor").Length == 2, "the second anchor");
        Assert.Null(engine.GetStatus().AnchorFailure);

        folder.Sql("UPDATE log SET mac = randomblob(32) WHERE rowid = 3");
        clock.Advance(TimeSpan.FromDays(1));
        await UntilAsync(clock, () => engine.GetStatus().AnchorFailure is not null, "the failure");
        Assert.Contains("the access log", engine.GetStatus().AnchorFailure, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(_elsewhere.Path).Length);
    }

    /// <summary>The clock goes on, since a turn comes to nothing while the one before is still ending.</summary>
    private static Task UntilAsync(FakeClock clock, Func<bool> condition, string what) => HostBench.UntilAsync(
        () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return condition();
        },
        what);

    public void Dispose() => _elsewhere.Dispose();
}
