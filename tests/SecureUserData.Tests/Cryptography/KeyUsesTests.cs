using SecureUserData.Cryptography;

namespace SecureUserData.Tests.Cryptography;

public sealed class KeyUsesTests
{
    [Fact]
    public void No_use_comes_before_its_reservation_is_stored_and_none_is_counted_twice()
    {
        const int seed = 20260;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        long stored = 0, spent = 0;
        var uses = new KeyUses(stored);
        for (var step = 0; step < 100_000; step++)
        {
            if (random.Next(200) == 0) uses = new KeyUses(stored); // a crash: what was reserved and not used up is lost
            var count = random.Next(1, Limits.FieldsPerUser);
            var needed = uses.Needed(count);
            if (needed > uses.Reserved)
            {
                if (random.Next(10) == 0) continue; // the reservation could not be stored, so nothing is sealed
                stored = needed;
                uses.Store(needed);
            }
            uses.Spend(count);
            spent += count;
            Assert.True(spent <= stored, $"{spent} uses and only {stored} stored, at step {step}");
        }
    }

    [Fact]
    public void A_reservation_is_stored_once_in_many_uses()
    {
        var uses = new KeyUses(0);
        var stores = 0;
        for (var i = 0; i < 2 * KeyUses.Block; i++)
        {
            var needed = uses.Needed(1);
            if (needed > uses.Reserved) stores++;
            uses.Store(needed);
            uses.Spend(1);
        }
        Assert.Equal(2, stores);
    }

    [Fact]
    public void An_activation_goes_on_behind_all_that_an_earlier_one_had_reserved()
    {
        var first = new KeyUses(0);
        first.Store(first.Needed(1));
        first.Spend(1);
        var second = new KeyUses(first.Reserved);
        Assert.Equal(first.Reserved + 1 + KeyUses.Block, second.Needed(1));
    }

    [Fact]
    public void A_key_is_refused_at_the_limit()
    {
        Assert.Equal(KeyUses.Limit, new KeyUses(KeyUses.Limit - KeyUses.Block - 1).Needed(1));
        var atTheLimit = new KeyUses(KeyUses.Limit - KeyUses.Block);
        var refusal = Assert.Throws<SecureUserDataException>(() => atTheLimit.Needed(1));
        Assert.Equal(ErrorCode.Unavailable, refusal.Code);
    }
}
