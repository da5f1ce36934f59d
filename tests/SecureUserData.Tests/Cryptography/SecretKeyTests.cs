using SecureUserData.Cryptography;

namespace SecureUserData.Tests.Cryptography;

public sealed class SecretKeyTests
{
    [Fact]
    public void A_key_is_zeroed_when_it_is_disposed_and_cannot_be_used_any_more()
    {
        var key = SecretKey.Random();
        var derived = key.Derive("wrap", "usr");
        Assert.Contains(key.Buffer, b => b != 0);
        key.Dispose();
        Assert.DoesNotContain(key.Buffer, b => b != 0);
        Assert.Throws<ObjectDisposedException>(() => key.Bytes.ToArray());
        Assert.Throws<ObjectDisposedException>(() => key.Derive("wrap", "usr"));
        Assert.Contains(derived.Buffer, b => b != 0);
        using (var keys = new VersionedKeys([(1, derived)])) keys.Find(1);
        Assert.DoesNotContain(derived.Buffer, b => b != 0);
    }

    [Fact]
    public void Disposing_a_ring_zeroes_its_keys()
    {
        var ring = MasterKeyRing.Parse(MasterKeyRing.Generate());
        ring.Dispose();
        Assert.Throws<ObjectDisposedException>(() => ring.CheckValue(1));
    }

    [Fact]
    public void A_long_name_derives_a_key_too()
    {
        using var key = SecretKey.Random();
        var longest = string.Concat(Enumerable.Repeat("\u4e00", Limits.NameLength)); // three bytes each
        using var one = key.Derive("index", longest);
        using var other = key.Derive("index", longest[..^1] + "\u4e01");
        Assert.NotEqual(one.Bytes.ToArray(), other.Bytes.ToArray());
    }
}
