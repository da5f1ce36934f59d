using SecureUserData.AccessLog;
using SecureUserData.Embedded.Hosting;
using SecureUserData.Tests.Hosting;
using SecureUserData.Users;

namespace SecureUserData.Tests.Processing;

public sealed class AccessReportTests
{
    [Fact]
    public async Task Entries_that_are_emptied_after_their_page_was_read_are_left_out()
    {
        await using var bench = await HostBench.CreateAsync();
        var (id, user, credential) = await bench.UserAsync();
        var script = await bench.Shop.RegisterScriptAsync(
            new ScriptText("Letters", "Write", LegalBasis.Consent) { Fields = ["name"] });
        await (await bench.SignInAsync(credential)).Get(new ConsentId(id, script.Id)).GiveAsync();
        var consent = (await bench.SignInAsync(script.Credential)).Get(new ConsentId(id, script.Id));
        await consent.ReadAsync(new Selection { Fields = ["name"] });
        bench.Clock.Advance(TimeSpan.FromDays(400));
        await consent.ReadAsync(new Selection { Fields = ["name"] });
        await user.GetAsync();
        var emptied = 0L;
        // The keys are rented when a page has been read.
        var report = new AccessReport(bench.ShopId, bench.Ports.Log, async () =>
        {
            var empty = new EngineInvocation(async activation => emptied += (await ((User)activation).ExpireLogAsync(
                TimeSpan.FromDays(365), 0, preview: false)).Emptied);
            bench.Host.Send(id, empty, inside: false);
            await empty.Task;
            return await bench.Services.Keyring.RentAsync(bench.ShopId, bench.Outside);
        });

        var accesses = await report.ListAccessesAsync(null, null, 100);

        Assert.True(emptied > 0);
        Assert.Equal(bench.Clock.GetUtcNow(), Assert.Single(accesses.Items).At);
    }
}
