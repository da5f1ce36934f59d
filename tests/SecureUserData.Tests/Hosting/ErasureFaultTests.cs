namespace SecureUserData.Tests.Hosting;

/// <summary>An erasure during which storage fails once, wherever that is.</summary>
public sealed class ErasureFaultTests
{
    private const int MoreThanThereAre = 100;

    [Theory]
    [InlineData("LoadingState")]
    [InlineData("BeforeSavingState")]
    [InlineData("AfterSavingState")]
    [InlineData("BeforeAppending")]
    [InlineData("AfterAppending")]
    public async Task Wherever_storage_fails_the_erasure_is_finished_or_has_not_begun(string failure)
    {
        var failures = 0;
        for (var skip = 0; skip < MoreThanThereAre; skip++)
        {
            await using var bench = await HostBench.CreateAsync();
            var (user, script) = await FillAsync(bench);
            bench.Ports.Skip = skip;
            bench.Ports.Next = Enum.Parse<FailingPorts.Failure>(failure);
            try
            {
                await bench.Shop.EraseAsync(user, cancellation: TestContext.Current.CancellationToken);
            }
            catch (SecureUserDataException e)
            {
                Assert.Equal(ErrorCode.Unavailable, e.Code);
            }
            bench.Ports.Next = FailingPorts.Failure.None;

            await AssertAllOrNothingAsync(bench, user, script, $"{failure} after {skip}");

            if (bench.Ports.Failures == 0) break;
            failures++;
        }
        Assert.InRange(failures, 1, MoreThanThereAre - 1); // it failed at every place, and then there was none left
    }

    [Fact]
    public async Task A_unique_key_that_a_crash_has_left_goes_with_the_user()
    {
        await using var bench = await HostBench.CreateAsync();
        var (user, _) = await FillAsync(bench);
        Assert.True(await bench.Ports.UniqueKeys.ClaimAsync("left", $"{user}"));

        await bench.Shop.EraseAsync(user, cancellation: TestContext.Current.CancellationToken);

        Assert.True(await bench.Ports.UniqueKeys.ClaimAsync("left", $"{UserId.New()}"));
    }

    /// <summary>Nobody calls the erasure again: what is due to be woken must do.</summary>
    private static async Task AssertAllOrNothingAsync(HostBench bench, UserId user, ISession script, string when)
    {
        var erasure = new ErasureId(user);
        foreach (var _ in bench.Due().Where(due => due == $"{erasure}").ToList()) await bench.WakeAsync(erasure);
        var reading = script.Get(new ConsentId(user, ScriptId.Parse(script.Identity.Id)))
            .ReadAsync(new Selection { Fields = ["name"], Collection = "letters" });
        if (await bench.Shop.Get(erasure).GetAsync() is { } view)
        {
            Assert.True(view.Certificate is not null, $"{when}: half done");
            Assert.Equal(2, view.Removed.Single(items => items.What == "records").Count);
            Assert.Equal(2, view.Removed.Single(items => items.What == "fields").Count);
            var remains = ErasureCertificate.Unverified(view.Certificate!)!.Remains;
            Assert.Equal(remains, (await bench.Shop.Get(erasure).PreviewAsync()).Remains);
            Assert.Equal(3, remains.Single(kept => kept.What == "tombstones").Count); // user, consent, erasure
            Assert.Equal(ErrorCode.Erased, (await Assert.ThrowsAsync<SecureUserDataException>(() => reading)).Code);
            Assert.All((await bench.Shop.Get(erasure).PreviewAsync()).Removes.Skip(2), items =>
                Assert.True(items.Count == 0, $"{when}: {items.What} left"));
            await bench.Shop.CreateUserAsync(new Dictionary<string, string> { ["email"] = "ada@example.org" });
        }
        else
        {
            Assert.Equal(2, (await reading).Records!.Items.Count);
        }
    }

    private static async Task<(UserId User, ISession Script)> FillAsync(HostBench bench)
    {
        var (user, own, credential) = await bench.UserAsync();
        await own.SetFieldAsync("email", "ada@example.org");
        for (var i = 0; i < 2; i++)
            await bench.Shop.Get(user).PutRecordAsync("letters", RecordContent.Text($"letter {i}"));
        var script = await bench.Shop.RegisterScriptAsync(new ScriptText("Letters", "Write", LegalBasis.Consent)
        {
            Fields = ["name"],
            Collections = ["letters"],
        });
        await (await bench.SignInAsync(credential)).Get(new ConsentId(user, script.Id)).GiveAsync();
        return (user, await bench.SignInAsync(script.Credential));
    }
}
