using System.Formats.Asn1;
using System.Security.Cryptography;

namespace SecureUserData.Vault.Tests.Cryptography;

/// <summary>What is no whole key file is told from a wrong passphrase.</summary>
public sealed class BrokenKeyFileTests : IDisposable
{
    private const string Passphrase = "green apples in the rain";
    private const string Label = "ENCRYPTED PRIVATE KEY";

    private static readonly PbeParameters Fewest =
        new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, EncryptedKey.MinIterations);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sud-vault-");
    private readonly UserKeys _keys = UserKeys.Generate("vlt_1", "usr_1");

    private string Path => System.IO.Path.Combine(_folder.FullName, "keys.pem");

    public void Dispose()
    {
        _keys.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_invalid()
    {
        var text = Text();
        for (var length = 0; length < text.TrimEnd().Length; length += 7) AssertInvalid(text[..length]);
        AssertOpens(text.TrimEnd());
    }

    [Fact]
    public void Line_ends_may_be_those_of_Windows() => AssertOpens(Text().ReplaceLineEndings("\r\n"));

    [Theory]
    [InlineData("vault: vlt_1\n", "")]
    [InlineData("user: usr_1\n", "")]
    [InlineData("purpose: sealing\n", "")]
    [InlineData("purpose: sealing", "purpose: signing")]
    [InlineData("purpose: signing", "purpose: sealing")]
    [InlineData("vault: vlt_1", "vault: ")]
    [InlineData("vault: vlt_1", "vault: vlt 1")]
    [InlineData("vault: vlt_1", "note: more\nvault: vlt_1")]
    [InlineData("BEGIN ENCRYPTED", "BEGIN")]
    [InlineData("ENCRYPTED PRIVATE KEY", "PRIVATE KEY")]
    [InlineData("-----BEGIN ENCRYPTED PRIVATE KEY-----\n", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n*")]
    [InlineData("-----BEGIN ENCRYPTED PRIVATE KEY-----\n", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA")]
    public void A_changed_line_is_invalid(string line, string changed) =>
        AssertInvalid(Text().Replace(line, changed, StringComparison.Ordinal));

    [Fact]
    public void Keys_of_two_users_in_one_file_are_invalid()
    {
        var text = Text();
        var second = text.LastIndexOf("usr_1", StringComparison.Ordinal);
        AssertInvalid($"{text[..second]}usr_2{text[(second + 5)..]}");
        second = text.LastIndexOf("vlt_1", StringComparison.Ordinal);
        AssertInvalid($"{text[..second]}vlt_2{text[(second + 5)..]}");
    }

    [Fact]
    public void Something_after_the_keys_is_invalid()
    {
        AssertInvalid(Text() + Text());
        AssertInvalid(Text() + "more");
        AssertInvalid(Text() + new string(' ', 64 * 1024)); // too large
    }

    [Fact]
    public void Keys_under_two_passphrases_are_invalid() => AssertInvalid(KeyFileText.Format(
        _keys, _keys.Sealing.ExportPem(Passphrase, Fewest), _keys.Signing.ExportPem("another passphrase", Fewest)));

    [Fact]
    public void Keys_on_another_curve_are_invalid()
    {
        using var sealing = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP384);
        using var signing = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        AssertInvalid(KeyFileText.Format(_keys,
            sealing.ExportEncryptedPkcs8PrivateKeyPem(Passphrase, Fewest),
            _keys.Signing.ExportPem(Passphrase, Fewest)));
        AssertInvalid(KeyFileText.Format(_keys,
            _keys.Sealing.ExportPem(Passphrase, Fewest),
            signing.ExportEncryptedPkcs8PrivateKeyPem(Passphrase, Fewest)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(99_999)]
    [InlineData(10_000_001)]
    [InlineData(int.MaxValue)]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    [InlineData(-600_000)]
    public void Too_few_or_too_many_rounds_are_refused_before_any_is_done(long rounds)
    {
        var pem = PemEncoding.WriteString(Label, Encrypted(rounds));
        AssertInvalid(KeyFileText.Format(_keys, pem, pem));
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(600_000)]
    [InlineData(10_000_000)]
    public void As_many_rounds_as_may_be_are_taken(long rounds) =>
        Assert.True(EncryptedKey.IsSupported(Encrypted(rounds)));

    [Theory]
    [InlineData(PbeEncryptionAlgorithm.Aes128Cbc, "SHA256")]
    [InlineData(PbeEncryptionAlgorithm.Aes256Cbc, "SHA1")]
    [InlineData(PbeEncryptionAlgorithm.Aes256Cbc, "SHA512")]
    [InlineData(PbeEncryptionAlgorithm.TripleDes3KeyPkcs12, "SHA1")]
    public void Another_encryption_is_refused(PbeEncryptionAlgorithm cipher, string hash)
    {
        var other = new PbeParameters(cipher, new HashAlgorithmName(hash), EncryptedKey.MinIterations);
        AssertInvalid(KeyFileText.Format(
            _keys, _keys.Sealing.ExportPem(Passphrase, other), _keys.Signing.ExportPem(Passphrase, other)));
    }

    /// <summary>An EncryptedPrivateKeyInfo with nothing in it.</summary>
    private static byte[] Encrypted(long rounds)
    {
        var der = new AsnWriter(AsnEncodingRules.DER);
        using (der.PushSequence())
        {
            using (der.PushSequence())
            {
                der.WriteObjectIdentifier("1.2.840.113549.1.5.13");
                using (der.PushSequence())
                {
                    using (der.PushSequence())
                    {
                        der.WriteObjectIdentifier("1.2.840.113549.1.5.12");
                        using (der.PushSequence())
                        {
                            der.WriteOctetString(new byte[16]);
                            der.WriteInteger(rounds);
                            using (der.PushSequence())
                            {
                                der.WriteObjectIdentifier("1.2.840.113549.2.9");
                                der.WriteNull();
                            }
                        }
                    }
                    using (der.PushSequence())
                    {
                        der.WriteObjectIdentifier("2.16.840.1.101.3.4.1.42");
                        der.WriteOctetString(new byte[16]);
                    }
                }
            }
            der.WriteOctetString(new byte[160]);
        }
        return der.Encode();
    }

    private string Text() => KeyFileText.Format(
        _keys, _keys.Sealing.ExportPem(Passphrase, Fewest), _keys.Signing.ExportPem(Passphrase, Fewest));

    private void AssertOpens(string text)
    {
        File.WriteAllText(Path, text);
        using var opened = KeyFile.Open(Path, Passphrase);
        opened.CheckPublicKeys(_keys.Sealing.PublicKey, _keys.Signing.PublicKey);
    }

    private void AssertInvalid(string text)
    {
        File.WriteAllText(Path, text);
        var error = Assert.Throws<SecureUserDataException>(() => KeyFile.Open(Path, Passphrase));
        Assert.Equal(ErrorCode.Invalid, error.Code);
        Assert.Contains("is not a whole key file", error.Message, StringComparison.Ordinal);
    }
}
