using SecureUserData.Applications;
using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Rotation;
using SecureUserData.Tests.Hosting;

namespace SecureUserData.Tests.Rotation;

/// <summary>Rotations while other processes work with the same keys.</summary>
public sealed class ProcessesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(KeyKind.Application)]
    [InlineData(KeyKind.Index)]
    [InlineData(KeyKind.Log)]
    [InlineData(KeyKind.State)]
    public async Task Nothing_is_under_a_new_version_before_every_process_has_it(KeyKind key)
    {
        await using var bench = await HostBench.CreateAsync();
        var (id, _, _) = await bench.UserAsync();
        var rotation = bench.Shop.Get(new RotationId(bench.ShopId));
        var purpose = RotationPlan.Purpose(key)!;
        bench.Processes.FailsAfter = 0;
        var asked = 0;
        bench.Processes.Asking = async () =>
        {
            asked++;
            var stored = await bench.StoredKeysAsync();
            Assert.Equal([1, 2], stored.Versions(purpose));
            Assert.Equal(1, stored.Current(purpose));
            await AssertUnderAsync(bench, id, key, 1);
        };

        var run = (await rotation.StartAsync(key)).Current!;
        for (var again = 0; again < 3; again++)
        {
            Assert.Equal(
                (true, RotationPhase.Starting, bench.Clock.GetUtcNow().AddMinutes(1)),
                (run.IsProcessMissing, run.Phase, run.GoesOn));
            await bench.Shop.Get(id).SetFieldsAsync(new Dictionary<string, string?> { ["email"] = $"ada@{again}.org" });
            await AssertUnderAsync(bench, id, key, 1);
            var report = await rotation.RunAheadAsync(cancellation: Cancellation); // before its time: nothing is done
            Assert.Equal([1], report.Keys.Where(version => version.Kind == key).Select(version => version.Version));
            Assert.Equal(again + 1, asked);
            bench.Clock.Advance(TimeSpan.FromMinutes(1));
            run = (await rotation.RunAheadAsync(cancellation: Cancellation)).Current!;
        }

        bench.Processes.FailsAfter = 1;
        bench.Processes.Asking = () => Task.CompletedTask;
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        run = (await rotation.RunAheadAsync(cancellation: Cancellation)).Current!;
        Assert.Equal((true, RotationPhase.Starting, 0L), (run.IsProcessMissing, run.Phase, run.Moved));
        Assert.Equal(2, (await bench.StoredKeysAsync()).Current(purpose));
        await bench.Shop.Get(id).SetFieldsAsync(new Dictionary<string, string?> { ["email"] = "ada@b.org" });

        bench.Processes.FailsAfter = int.MaxValue;
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(RotationPhase.Finished, (await FinishAsync(bench)).Phase);
        await bench.Shop.Get(id).SetFieldsAsync(new Dictionary<string, string?> { ["email"] = "ada@c.org" });
        await AssertUnderAsync(bench, id, key, 2);
        await bench.VerifyLogAsync();
    }

    [Theory]
    [InlineData(KeyKind.Application, 3)]
    [InlineData(KeyKind.Index, 4)]
    [InlineData(KeyKind.Log, 2)]
    [InlineData(KeyKind.State, 3)]
    [InlineData(KeyKind.User, 0)]
    public async Task Whatever_step_cannot_reach_every_process_is_tried_again(KeyKind key, int steps)
    {
        await using var bench = await HostBench.CreateAsync();
        var (id, _, _) = await bench.UserAsync();
        await bench.Shop.Get(id).SetFieldsAsync(new Dictionary<string, string?> { ["email"] = "ada@example.org" });
        var rotation = bench.Shop.Get(new RotationId(bench.ShopId));
        await rotation.StartAsync(key);
        for (var step = bench.Processes.Forgotten; step < steps; step++)
        {
            bench.Processes.FailsAfter = step;
            while ((await rotation.RunAheadAsync(cancellation: Cancellation)).Current is var run
                && !run!.IsProcessMissing)
                bench.Clock.Advance(run.GoesOn!.Value - bench.Clock.GetUtcNow());
            Assert.Equal(step, bench.Processes.Forgotten);
            Assert.Equal([id], (await bench.Shop.FindUsersAsync("email", "ada@example.org")).Items);
            bench.Clock.Advance(TimeSpan.FromMinutes(1));
            bench.Processes.FailsAfter = step + 1;
        }
        bench.Processes.FailsAfter = int.MaxValue;
        Assert.Equal(RotationPhase.Finished, (await FinishAsync(bench)).Phase);
        Assert.Equal(steps, bench.Processes.Forgotten);
        Assert.Equal([id], (await bench.Shop.FindUsersAsync("email", "ada@example.org")).Items);
    }

    [Fact]
    public async Task A_run_that_was_cancelled_while_it_waited_leaves_a_version_that_the_next_one_takes_up()
    {
        await using var bench = await HostBench.CreateAsync();
        var rotation = bench.Shop.Get(new RotationId(bench.ShopId));
        bench.Processes.FailsAfter = 0;
        await rotation.StartAsync(KeyKind.Application);
        var cancelled = (await rotation.CancelAsync()).Past[0];
        Assert.Equal((RotationPhase.Cancelled, false), (cancelled.Phase, cancelled.IsProcessMissing));
        Assert.Equal(1, (await bench.Shop.Get(bench.ShopId).GetAsync()).KeyVersion);

        bench.Processes.FailsAfter = int.MaxValue;
        await rotation.StartAsync(KeyKind.State); // while a version of the application's key is only announced
        Assert.Equal(RotationPhase.Finished, (await FinishAsync(bench)).Phase);
        var run = (await rotation.StartAsync(KeyKind.Application)).Current!;

        Assert.Equal((1, 2), (run.From, run.To));
        Assert.Equal(RotationPhase.Finished, (await FinishAsync(bench)).Phase);
        Assert.Equal([2], (await bench.StoredKeysAsync()).Versions(WrappedKeys.Application));
        Assert.Equal([2], (await bench.StoredKeysAsync()).Versions(WrappedKeys.State));
    }

    [Fact]
    public async Task The_master_key_is_not_rotated_while_a_process_lacks_the_new_one()
    {
        await using var bench = await HostBench.CreateAsync();
        var rotation = (await bench.SignInAsync(bench.Operator)).Get(new MasterRotationId());
        bench.Processes.HasMasterKey = false;

        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(rotation.StartAsync);

        Assert.Equal(ErrorCode.Unavailable, refusal.Code);
        Assert.Contains("into the ring of each", refusal.Message);
        Assert.Null((await rotation.GetAsync()).Current);
        bench.Processes.HasMasterKey = true;
        Assert.Equal(RotationPhase.Finished, (await rotation.StartAsync()).Past[0].Phase);
    }

    private static async Task<RotationRun> FinishAsync(HostBench bench) =>
        await new ApplicationActor(bench.ShopId, null!, bench.Shop).FinishAsync(bench.Clock);

    /// <summary>Asserts which version of a key everything newest of a user is under.</summary>
    private static async Task AssertUnderAsync(HostBench bench, UserId user, KeyKind key, int version)
    {
        var stored = await bench.StoredAsync(user);
        switch (key)
        {
            case KeyKind.Application:
                Assert.Contains($"key/{bench.ShopId}/{version}", stored.Tags);
                foreach (var wrapped in (await bench.StoredKeysAsync()).Keys)
                    if (wrapped.Purpose != WrappedKeys.Application)
                        Assert.Equal(version, Envelope.KeyVersion(wrapped.Envelope));
                break;
            case KeyKind.Index:
                Assert.All(
                    stored.Tags.Where(tag => tag.StartsWith("ix/", StringComparison.Ordinal)),
                    tag => Assert.Equal(version, BlindIndex.KeyVersion(tag)));
                break;
            case KeyKind.Log:
                Assert.Equal(version, (await bench.LogVersionsAsync(user)).Last());
                break;
            default:
                Assert.Equal(version, Envelope.KeyVersion(stored.Body));
                break;
        }
    }
}
