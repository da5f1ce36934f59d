using System.Security.Cryptography;

namespace SecureUserData.Vault.Tests.Cryptography;

public sealed class SignatureTests : IDisposable
{
    private static readonly byte[] Data = "what is signed"u8.ToArray();

    private readonly SigningKey _key = SigningKey.Generate();

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    public void A_signature_has_64_bytes_and_verifies(int length)
    {
        var data = RandomNumberGenerator.GetBytes(length);
        using var verifying = VerifyingKey.From(_key.PublicKey);
        var signature = _key.Sign(data);
        Assert.Equal(64, signature.Length);
        Assert.True(verifying.Verify(data, signature));
        Assert.True(verifying.Verify(data, _key.Sign(data)));
    }

    [Fact]
    public void A_changed_byte_does_not_verify()
    {
        using var verifying = VerifyingKey.From(_key.PublicKey);
        var signature = _key.Sign(Data);
        for (var at = 0; at < signature.Length; at++)
        {
            signature[at] ^= 1;
            Assert.False(verifying.Verify(Data, signature));
            signature[at] ^= 1;
        }
        byte[] changed = [.. Data];
        changed[3] ^= 1;
        Assert.False(verifying.Verify(changed, signature));
        Assert.True(verifying.Verify(Data, signature));
    }

    [Fact]
    public void Another_key_does_not_verify()
    {
        using var other = SigningKey.Generate();
        using var verifying = VerifyingKey.From(other.PublicKey);
        Assert.False(verifying.Verify(Data, _key.Sign(Data)));
    }

    [Fact]
    public void What_is_no_signature_does_not_verify()
    {
        using var verifying = VerifyingKey.From(_key.PublicKey);
        var signature = _key.Sign(Data);
        Assert.False(verifying.Verify(Data, []));
        Assert.False(verifying.Verify(Data, signature.AsSpan(0, 63)));
        Assert.False(verifying.Verify(Data, [.. signature, 0]));
        Assert.False(verifying.Verify(Data, new byte[64])); // r and s of zero, which a sloppy verifier takes for all
        var ones = new byte[64];
        ones.AsSpan().Fill(0xff);
        Assert.False(verifying.Verify(Data, ones));
    }
}
