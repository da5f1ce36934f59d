using SecureUserData.Ports;

namespace SecureUserData.Conformance.Ports;

/// <summary><see cref="IUniqueKeys"/>.</summary>
public abstract class UniqueKeysConformance(PortsFixture fixture) : PortConformance(fixture)
{
    private readonly string _key = $"key/{Fresh()}";
    private readonly string _holder = Fresh();
    private readonly string _other = Fresh();

    [Fact]
    public async Task A_key_has_one_holder_who_may_claim_it_again()
    {
        Assert.True(await Ports.UniqueKeys.ClaimAsync(_key, _holder));
        Assert.False(await Ports.UniqueKeys.ClaimAsync(_key, _other));
        Assert.True(await Ports.UniqueKeys.ClaimAsync(_key, _holder));
        Assert.True(await Ports.UniqueKeys.ClaimAsync(_key.ToUpperInvariant(), _other)); // compared exactly
    }

    [Fact]
    public async Task A_released_key_is_free_and_only_its_holder_releases_it()
    {
        await Ports.UniqueKeys.ClaimAsync(_key, _holder);

        await Ports.UniqueKeys.ReleaseAsync(_key, _other);
        Assert.False(await Ports.UniqueKeys.ClaimAsync(_key, _other));
        await Ports.UniqueKeys.ReleaseAsync(_key, _holder);

        Assert.True(await Ports.UniqueKeys.ClaimAsync(_key, _other));
        Assert.False(await Ports.UniqueKeys.ClaimAsync(_key, _holder));
    }

    [Fact]
    public async Task A_key_that_its_holders_state_carries_is_not_released()
    {
        var slot = Ports.Slot(_holder);
        await Ports.UniqueKeys.ClaimAsync(_key, _holder);
        await slot.SaveAsync(State(1, "with the key", _key));

        await Ports.UniqueKeys.ReleaseAsync(_key, _holder);
        Assert.False(await Ports.UniqueKeys.ClaimAsync(_key, _other));

        await slot.SaveAsync(State(2, "without the key"));
        await Ports.UniqueKeys.ReleaseAsync(_key, _holder);
        Assert.True(await Ports.UniqueKeys.ClaimAsync(_key, _other));
    }

    [Fact]
    public async Task All_keys_of_a_holder_are_released_at_once_but_those_that_its_state_carries()
    {
        string[] keys = [_key, $"key/{Fresh()}", $"key/{Fresh()}"];
        foreach (var key in keys) await Ports.UniqueKeys.ClaimAsync(key, _holder);
        var others = $"key/{Fresh()}";
        await Ports.UniqueKeys.ClaimAsync(others, _other);
        await Ports.Slot(_holder).SaveAsync(State(1, "with one of them", _key));

        await Ports.UniqueKeys.ReleaseAllAsync(_holder);

        var third = Fresh();
        foreach (var key in keys) Assert.Equal(key != _key, await Ports.UniqueKeys.ClaimAsync(key, third));
        Assert.False(await Ports.UniqueKeys.ClaimAsync(others, third));
    }

    [Fact]
    public async Task Of_many_claims_at_once_exactly_one_wins()
    {
        var claims = await Task.WhenAll(
            Enumerable.Range(0, 64).Select(_ => Ports.UniqueKeys.ClaimAsync(_key, Fresh())));

        Assert.Single(claims, claimed => claimed);
    }

    [Fact]
    public async Task A_claim_that_is_not_settled_is_not_taken_over_although_no_state_carries_it()
    {
        await Ports.UniqueKeys.ClaimAsync(_key, _holder);
        await Ports.Slot(_holder).SaveAsync(State(1, "of another change"));

        Assert.False(await Ports.UniqueKeys.ClaimAsync(_key, _other));
    }

    [Fact]
    public async Task A_settled_claim_that_its_holders_state_carries_is_never_taken_over()
    {
        await Ports.UniqueKeys.ClaimAsync(_key, _holder);
        await Ports.Slot(_holder).SaveAsync(State(1, "with the key", _key));

        await Fixture.CrashAsync();

        Assert.False(await Ports.UniqueKeys.ClaimAsync(_key, _other));
        Assert.True(await Ports.UniqueKeys.ClaimAsync(_key, _holder));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_settled_claim_that_its_holders_state_lacks_is_taken_over_once(bool saved)
    {
        await Ports.UniqueKeys.ClaimAsync(_key, _holder);
        if (saved) await Ports.Slot(_holder).SaveAsync(State(1, "without the key", "another key"));

        await Fixture.CrashAsync();

        var claims = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => Ports.UniqueKeys.ClaimAsync(_key, Fresh())));
        Assert.Single(claims, claimed => claimed);
        Assert.False(await Ports.UniqueKeys.ClaimAsync(_key, _holder));
    }
}
