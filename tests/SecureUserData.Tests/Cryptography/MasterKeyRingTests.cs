using SecureUserData.Cryptography;

namespace SecureUserData.Tests.Cryptography;

public sealed class MasterKeyRingTests
{
    private const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private const string Other = "HxkdHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData(Key)]
    [InlineData(":" + Key)]
    [InlineData("0:" + Key)]
    [InlineData("-1:" + Key)]
    [InlineData("+1:" + Key)]
    [InlineData("1 :" + Key)]
    [InlineData("x:" + Key)]
    [InlineData("2147483648:" + Key)]
    [InlineData("1:")]
    [InlineData("1:" + Key + "AA")]
    [InlineData("1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==")]
    [InlineData("1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g")]
    [InlineData("1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUm")]
    [InlineData("1:!AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")]
    [InlineData("1:" + Key + ",2:" + Other)]
    [InlineData("1:" + Key + ",1:" + Other)]
    [InlineData("2:" + Key + ",1")]
    [InlineData("2:" + Key + ";1:" + Other)]
    public void A_malformed_ring_is_refused_and_the_message_holds_no_key(string text)
    {
        var refusal = Assert.Throws<SecureUserDataException>(() => MasterKeyRing.Parse(text));
        Assert.Equal(ErrorCode.Invalid, refusal.Code);
        Assert.DoesNotContain("AAECAw", refusal.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("HxkdHB", refusal.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1:" + Key, new[] { 1 })]
    [InlineData(" 7:" + Key + " , 3:" + Other + "\n", new[] { 7, 3 })]
    public void A_ring_lists_its_versions_newest_first(string text, int[] versions)
    {
        using var ring = MasterKeyRing.Parse(text);
        Assert.Equal(versions, ring.Versions);
    }

    [Fact]
    public void A_version_that_the_ring_lacks_is_named_and_can_be_put_back()
    {
        using var ring = MasterKeyRing.Parse("3:" + Key);
        var refusal = Assert.Throws<SecureUserDataException>(() => ring.Derive(2, "wrap", "app"));
        Assert.Equal(ErrorCode.Unavailable, refusal.Code);
        Assert.Contains("version 2", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_values_tell_keys_apart_and_generated_rings_are_rings()
    {
        using var one = MasterKeyRing.Parse(MasterKeyRing.Generate());
        using var other = MasterKeyRing.Parse(MasterKeyRing.Generate());
        Assert.NotEqual(one.CheckValue(1), other.CheckValue(1));
    }
}
