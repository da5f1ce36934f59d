using SecureUserData.Access;
using SecureUserData.Embedded.Hosting;
using SecureUserData.Users;

namespace SecureUserData.Tests.Hosting;

/// <summary>The user's own check of the decision that a release stands on, whatever a consent says.</summary>
public sealed class ReleaseTests
{
    [Fact]
    public async Task A_release_that_stands_on_an_older_decision_is_refused()
    {
        await using var bench = await HostBench.CreateAsync();
        var (id, _, credential) = await bench.UserAsync();
        var script = await bench.Shop.RegisterScriptAsync(
            new ScriptText("Letters", "Letters", LegalBasis.Consent) { Fields = ["name"] });
        var consent = (await bench.SignInAsync(credential)).Get(new ConsentId(id, script.Id));
        var given = (await consent.GiveAsync()).Decision!.Sequence;
        var caller = new FixedCaller(
            new Caller(CallerKind.Script, script.Id.ToString(), bench.ShopId, Script: script.Id, ScriptVersion: 1));
        var user = EntityProxy.Create<IUserInternals>(bench.Host, id, caller);
        var request = new ReleaseRequest(new Selection { Fields = ["name"] }, "Letters", given, Masks: null);
        Assert.Equal("ada", (await user.ReleaseAsync(request)).Fields["name"]);
        await consent.WithdrawAsync();
        foreach (var decision in (long[])[given, 0, given + 1_000])
        {
            var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
                () => user.ReleaseAsync(request with { Decision = decision }));
            Assert.Equal(ErrorCode.Tampered, refusal.Code);
        }
    }

    [Fact]
    public async Task A_keys_reservation_is_on_the_disk_before_the_use_and_the_next_activation_goes_on_behind_it()
    {
        await using var bench = await HostBench.CreateAsync();
        var (id, _, _) = await bench.UserAsync();
        var used = await bench.ReservedUsesAsync(id);
        await bench.Shop.Get(id).PutRecordAsync("messages", RecordContent.Text("the first"));
        var reserved = await bench.ReservedUsesAsync(id);
        Assert.True(reserved > used + 1, "nothing is reserved");
        bench.Ports.Next = FailingPorts.Failure.BeforeAppending; // makes it unload
        await Assert.ThrowsAsync<SecureUserDataException>(
            () => bench.Shop.Get(id).PutRecordAsync("messages", RecordContent.Text("lost")));
        bench.Ports.Next = FailingPorts.Failure.BeforeSavingState; // the reservation that a new activation needs
        await Assert.ThrowsAsync<SecureUserDataException>(
            () => bench.Shop.Get(id).PutRecordAsync("messages", RecordContent.Text("lost too")));
        Assert.Equal(reserved, await bench.ReservedUsesAsync(id));
        await bench.Shop.Get(id).PutRecordAsync("messages", RecordContent.Text("kept"));
        var next = await bench.ReservedUsesAsync(id);
        Assert.True(next > reserved, "the new activation used what an earlier one had reserved");
        await bench.Shop.Get(id).PutRecordAsync("messages", RecordContent.Text("kept too"));
        Assert.Equal(next, await bench.ReservedUsesAsync(id));
    }

    private sealed class FixedCaller(Caller caller) : ICallerSource
    {
        public Caller Current => caller;

        public Task<Caller> RenewAsync() => Task.FromResult(caller);
    }
}
