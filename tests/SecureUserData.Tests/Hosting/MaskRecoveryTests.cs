namespace SecureUserData.Tests.Hosting;

/// <summary>A decision that a crash left in the log alone has its masks too.</summary>
public sealed class MaskRecoveryTests
{
    [Fact]
    public async Task A_decision_that_was_logged_and_not_stored_comes_back_with_its_masks()
    {
        await using var bench = await HostBench.CreateAsync();
        var (id, _, credential) = await bench.UserAsync();
        var script = await bench.Shop.RegisterScriptAsync(new ScriptText("Letters", "Letters", LegalBasis.Consent)
        {
            Fields = ["name"],
            Masks = new Dictionary<string, FieldMask> { ["name"] = FieldMask.Initial },
        });
        var consent = (await bench.SignInAsync(credential)).Get(new ConsentId(id, script.Id));
        var grant = new ConsentGrant((await consent.GetAsync()).Script.Notice);
        bench.Ports.Next = FailingPorts.Failure.BeforeSavingState;
        await Assert.ThrowsAsync<SecureUserDataException>(() => consent.GiveAsync(grant));
        Assert.Equal(1, bench.Ports.Failures);

        var session = await bench.SignInAsync(script.Credential);
        var reading = await session.Get(new ConsentId(id, script.Id)).ReadAsync(new Selection { Fields = ["name"] });

        Assert.Equal("a.", reading.Fields["name"]);
        Assert.Equal([new("name", FieldMask.Initial)], (await consent.GetAsync()).Decision!.Masks!);
    }
}
