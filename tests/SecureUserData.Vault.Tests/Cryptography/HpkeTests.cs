using System.Security.Cryptography;

namespace SecureUserData.Vault.Tests.Cryptography;

public sealed class HpkeTests : IDisposable
{
    private static readonly byte[] Info = "vault vlt_1"u8.ToArray();
    private static readonly byte[] Aad = "secret 7"u8.ToArray();
    private static readonly byte[] Plaintext = "correct horse battery staple"u8.ToArray();

    private readonly SealingKey _key = SealingKey.Generate();

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(65_536)]
    public void What_was_sealed_opens_and_is_81_bytes_longer(int length)
    {
        var plaintext = RandomNumberGenerator.GetBytes(length);
        var seal = Hpke.Seal(_key.PublicKey, Info, Aad, plaintext);
        Assert.Equal(length + 81, seal.Length);
        Assert.Equal(plaintext, Hpke.Open(_key, Info, Aad, seal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(600)]
    public void Info_and_associated_data_may_be_empty_or_long(int length)
    {
        var text = RandomNumberGenerator.GetBytes(length);
        var seal = Hpke.Seal(_key.PublicKey, text, text, Plaintext);
        Assert.Equal(Plaintext, Hpke.Open(_key, text, text, seal));
    }

    [Fact]
    public void A_public_key_imported_once_seals_many_times_and_never_the_same()
    {
        using var recipient = SealingPublicKey.From(_key.PublicKey);
        var seals = Enumerable.Range(0, 20).Select(_ => Hpke.Seal(recipient, Info, Aad, Plaintext)).ToList();
        foreach (var seal in seals) Assert.Equal(Plaintext, Hpke.Open(_key, Info, Aad, seal));
        // An ephemeral key used twice would be a nonce used twice.
        Assert.Equal(20, seals.Select(seal => Convert.ToHexString(seal.AsSpan(0, 65))).Distinct().Count());
    }

    [Fact]
    public void A_byte_changed_anywhere_does_not_open()
    {
        var seal = Hpke.Seal(_key.PublicKey, Info, Aad, Plaintext);
        for (var at = 0; at < seal.Length; at++)
            foreach (byte change in (byte[])[0x01, 0x80, 0xff])
            {
                seal[at] ^= change;
                AssertDoesNotOpen(_key, Info, Aad, seal);
                seal[at] ^= change;
            }
        Assert.Equal(Plaintext, Hpke.Open(_key, Info, Aad, seal));
    }

    [Fact]
    public void Cut_off_anywhere_or_with_more_behind_it_does_not_open()
    {
        var seal = Hpke.Seal(_key.PublicKey, Info, Aad, Plaintext);
        for (var length = 0; length < seal.Length; length++) AssertDoesNotOpen(_key, Info, Aad, seal[..length]);
        AssertDoesNotOpen(_key, Info, Aad, [.. seal, 0]);
    }

    [Fact]
    public void With_other_info_it_does_not_open()
    {
        var seal = Hpke.Seal(_key.PublicKey, Info, Aad, Plaintext);
        AssertDoesNotOpen(_key, "vault vlt_2"u8, Aad, seal);
        AssertDoesNotOpen(_key, [], Aad, seal);
        AssertDoesNotOpen(_key, Aad, Info, seal);
    }

    [Fact]
    public void With_other_associated_data_it_does_not_open()
    {
        var seal = Hpke.Seal(_key.PublicKey, Info, Aad, Plaintext);
        AssertDoesNotOpen(_key, Info, "secret 8"u8, seal);
        AssertDoesNotOpen(_key, Info, [], seal);
    }

    [Fact]
    public void With_another_key_it_does_not_open()
    {
        using var other = SealingKey.Generate();
        AssertDoesNotOpen(other, Info, Aad, Hpke.Seal(_key.PublicKey, Info, Aad, Plaintext));
    }

    [Fact]
    public void What_does_not_open_says_the_same_whatever_is_wrong()
    {
        var seal = Hpke.Seal(_key.PublicKey, Info, Aad, Plaintext);
        byte[] badPoint = [.. seal];
        badPoint[64] ^= 1;
        byte[] badTag = [.. seal];
        badTag[^1] ^= 1;
        var messages = new[] { seal[..80], badPoint, badTag }
            .Select(bad => Assert.Throws<SecureUserDataException>(() => Hpke.Open(_key, Info, Aad, bad)))
            .Select(e => (e.Message, e.InnerException));
        Assert.Single(messages.Distinct());
    }

    [Fact]
    public void A_context_leaves_no_secret_behind()
    {
        var context = new HpkeContext(HpkeSuite.Aes256Gcm, RandomNumberGenerator.GetBytes(32), Info);
        Assert.True(context.Key.ContainsAnyExcept((byte)0));
        context.Dispose();
        Assert.False(context.Secret.ContainsAnyExcept((byte)0));
        Assert.False(context.Key.ContainsAnyExcept((byte)0));
        Assert.False(context.BaseNonce.ContainsAnyExcept((byte)0));
    }

    private static void AssertDoesNotOpen(
        SealingKey key, ReadOnlySpan<byte> info, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> seal)
    {
        try
        {
            Hpke.Open(key, info, aad, seal);
        }
        catch (SecureUserDataException e)
        {
            Assert.Equal(ErrorCode.Tampered, e.Code);
            return;
        }
        Assert.Fail($"It opened: {Convert.ToHexString(seal)}");
    }
}
