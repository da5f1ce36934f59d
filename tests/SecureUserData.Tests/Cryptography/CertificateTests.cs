using System.Security.Cryptography;
using SecureUserData.Cryptography;

namespace SecureUserData.Tests.Cryptography;

public sealed class CertificateTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly System.Text.Json.JsonElement Vector = Vectors.Read("certificate");
    private static readonly string Certificate = Vector.Text("certificate");
    private static readonly string PublicKey = Vector.Text("publicKey");

    [Fact]
    public void The_signing_key_is_derived_as_specified()
    {
        using var secret = SecretKey.From(Vector.Hex("credentialKey"));
        using var key = new SigningKey(secret);

        Assert.Equal(PublicKey, key.PublicKeyPem());
    }

    [Fact]
    public void A_certificate_of_another_implementation_verifies()
    {
        var statement = ErasureCertificate.Verify($"  {Certificate}\n", PublicKey);

        var claims = Vector.GetProperty("claims");
        Assert.Equal(claims.Text("user"), statement.User);
        Assert.Equal(claims.GetProperty("erasedAt").GetDateTimeOffset(), statement.ErasedAt);
        Assert.Equal(new ErasedItems("records", 2), Assert.Single(statement.Removed));
        Assert.Equal(17, statement.LogSequence);
    }

    [Fact]
    public void What_is_signed_verifies()
    {
        using var secret = SecretKey.Random();
        using var key = new SigningKey(secret);
        var statement = ErasureCertificate.Verify(Certificate, PublicKey);

        var signed = key.Sign(ErasureCertificate.Kind, statement, StatementJson.Default.ErasureStatement);

        Assert.Equal(
            statement with { Removed = [], Remains = [] },
            ErasureCertificate.Verify(signed, key.PublicKeyPem()) with { Removed = [], Remains = [] });
    }

    [Fact]
    public void A_certificate_that_was_changed_anywhere_does_not_verify()
    {
        for (var at = 0; at < Certificate.Length; at++)
            foreach (var other in at % 7 == 0 ? Alphabet + "." : "AB.")
            {
                if (Certificate[at] == other) continue;
                var changed = Certificate[..at] + other + Certificate[(at + 1)..];
                Assert.ThrowsAny<SecureUserDataException>(() => ErasureCertificate.Verify(changed, PublicKey));
            }
        foreach (var cut in (int[])[1, 2, 10, 100])
            Assert.ThrowsAny<SecureUserDataException>(() => ErasureCertificate.Verify(Certificate[..^cut], PublicKey));
    }

    [Fact]
    public void The_last_character_has_one_spelling_only()
    {
        // 64 bytes leave four bits of the last character unused: a lenient reader takes sixteen spellings for one.
        var last = Alphabet.IndexOf(Certificate[^1]);
        for (var spelling = last / 16 * 16; spelling < last / 16 * 16 + 16; spelling++)
            if (spelling != last)
                Assert.ThrowsAny<SecureUserDataException>(
                    () => ErasureCertificate.Verify(Certificate[..^1] + Alphabet[spelling], PublicKey));
    }

    [Fact]
    public void A_certificate_of_another_installation_does_not_verify()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        var refusal = Assert.Throws<SecureUserDataException>(
            () => ErasureCertificate.Verify(Certificate, other.ExportSubjectPublicKeyInfoPem()));

        Assert.Equal(ErrorCode.Tampered, refusal.Code);
        Assert.Contains("another key", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("not a certificate")]
    [InlineData("eyJhbGciOiJub25lIn0.e30.")]
    public void What_is_no_certificate_is_refused(string text)
    {
        var refusal = Assert.Throws<SecureUserDataException>(() => ErasureCertificate.Verify(text, PublicKey));

        Assert.Equal(ErrorCode.Invalid, refusal.Code);
    }

    [Fact]
    public void What_is_no_public_key_of_an_installation_is_refused()
    {
        using var rsa = RSA.Create(2_048);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        foreach (var pem in (string[])["", "no key", rsa.ExportSubjectPublicKeyInfoPem(),
            p384.ExportSubjectPublicKeyInfoPem(), PublicKey[..60]])
        {
            var refusal = Assert.Throws<SecureUserDataException>(() => ErasureCertificate.Verify(Certificate, pem));
            Assert.Equal(ErrorCode.Invalid, refusal.Code);
        }
    }
}
