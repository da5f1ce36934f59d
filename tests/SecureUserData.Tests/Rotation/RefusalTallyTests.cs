using SecureUserData.Entities;
using SecureUserData.Tests.Hosting;

namespace SecureUserData.Tests.Rotation;

/// <summary>Refusals that were only counted are on record when a sweep unloads whoever counts them.</summary>
public sealed class RefusalTallyTests
{
    private const int Refusals = 5;

    [Fact]
    public async Task When_a_state_is_sealed_anew()
    {
        await using var bench = await HostBench.CreateAsync();
        var (id, user, _) = await bench.UserAsync();
        await RefuseAsync(bench, id);

        await bench.Outside.Internal<IResealed>(id).ResealAsync();

        Assert.Equal(Refusals, await CountedAsync(user));
    }

    [Fact]
    public async Task When_older_keys_are_destroyed()
    {
        await using var bench = await HostBench.CreateAsync();
        var (id, user, _) = await bench.UserAsync();
        var rotation = bench.Shop.Get(new RotationId(bench.ShopId));
        var run = (await rotation.StartAsync(KeyKind.User)).Current!;
        bench.Clock.Advance(run.GoesOn!.Value - bench.Clock.GetUtcNow());
        await RefuseAsync(bench, id);

        Assert.Null((await rotation.RunAsync()).Current);

        Assert.Equal(Refusals, await CountedAsync(user));
    }

    private static async Task RefuseAsync(HostBench bench, UserId user)
    {
        var script = await bench.Shop.RegisterScriptAsync(
            new ScriptText("Letters", "Write", LegalBasis.Consent) { Fields = ["name"] });
        var consent = (await bench.SignInAsync(script.Credential)).Get(new ConsentId(user, script.Id));
        for (var i = 0; i < Refusals; i++)
            await Assert.ThrowsAsync<SecureUserDataException>(
                () => consent.ReadAsync(new Selection { Fields = ["name"] }));
    }

    private static async Task<int> CountedAsync(IUser user) => (await user.ReadLogAsync())
        .Where(entry => entry.Activity == Activity.ReadRefused)
        .Sum(entry => entry.Count);
}
