using SecureUserData.Cryptography;
using SecureUserData.Tests.Hosting;

namespace SecureUserData.Tests.Rotation;

/// <summary>Keys that have nearly sealed as often as is safe (NIST SP 800-38D §8.3).</summary>
public sealed class WornKeyTests
{
    [Fact]
    public async Task A_users_key_is_rotated_by_itself_before_2_to_the_31_encryptions_and_nobody_elses_is()
    {
        await using var bench = await HostBench.CreateAsync();
        var worn = (await bench.Shop.CreateUserAsync(new Dictionary<string, string> { ["name"] = "ada" })).Id;
        var other = (await bench.Shop.CreateUserAsync(new Dictionary<string, string> { ["name"] = "bob" })).Id;
        var rotation = bench.Shop.Get(new RotationId(bench.ShopId));
        await bench.ReserveUsesAsync(worn, (1L << 31) - 100);
        await bench.WakeAsync(new RotationId(bench.ShopId));
        Assert.Null((await rotation.GetAsync()).Current);
        await bench.Shop.Get(worn).PutRecordAsync("letters", RecordContent.Text("one"));
        Assert.True(await bench.ReservedUsesAsync(worn) >= KeyUses.RotateFrom);

        await bench.WakeAsync(new RotationId(bench.ShopId));
        bench.Clock.Advance(TimeSpan.FromMinutes(10));
        await rotation.RunAheadAsync(cancellation: TestContext.Current.CancellationToken);

        var run = Assert.Single((await rotation.GetAsync()).Past);
        Assert.Equal((KeyKind.User, RotationReason.Use, 1L), (run.Key, run.Reason, run.Moved));
        Assert.True(await bench.ReservedUsesAsync(worn) < KeyUses.RotateFrom);
        Assert.Equal((2, 1), (await bench.KeyVersionAsync(worn), await bench.KeyVersionAsync(other)));
        await bench.WakeAsync(new RotationId(bench.ShopId));
        Assert.Null((await rotation.GetAsync()).Current);
    }
}
