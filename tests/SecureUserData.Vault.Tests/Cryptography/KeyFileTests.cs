using System.Security.Cryptography;
using System.Text;

namespace SecureUserData.Vault.Tests.Cryptography;

public sealed class KeyFileTests : IDisposable
{
    private const string Passphrase = "grüne Äpfel im Regen";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sud-vault-");
    private readonly UserKeys _keys = UserKeys.Generate("vlt_1", "usr_1");

    private string Path => System.IO.Path.Combine(_folder.FullName, "keys.pem");

    public void Dispose()
    {
        _keys.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void What_was_written_opens_with_the_same_keys()
    {
        KeyFile.Create(Path, _keys, Passphrase);
        using var opened = KeyFile.Open(Path, Passphrase);
        Assert.Equal(("vlt_1", "usr_1"), (opened.Vault, opened.User));
        opened.CheckPublicKeys(_keys.Sealing.PublicKey, _keys.Signing.PublicKey);
        var seal = Hpke.Seal(_keys.Sealing.PublicKey, "i"u8, "a"u8, "secret"u8);
        Assert.Equal("secret"u8, Hpke.Open(opened.Sealing, "i"u8, "a"u8, seal));
        using var verifying = VerifyingKey.From(_keys.Signing.PublicKey);
        Assert.True(verifying.Verify("data"u8, opened.Signing.Sign("data"u8)));
    }

    [Fact]
    public void A_file_says_whose_the_keys_are_and_what_for()
    {
        Create();
        var lines = File.ReadAllLines(Path);
        var expected = new[] { "vault: vlt_1", "user: usr_1", "purpose: sealing" };
        Assert.Equal([.. expected, "-----BEGIN ENCRYPTED PRIVATE KEY-----"], lines[..4]);
        var second = Array.LastIndexOf(lines, "vault: vlt_1");
        Assert.Equal(
            ["vault: vlt_1", "user: usr_1", "purpose: signing", "-----BEGIN ENCRYPTED PRIVATE KEY-----"],
            lines[second..(second + 4)]);
        Assert.Equal("-----END ENCRYPTED PRIVATE KEY-----", lines[^1]);
    }

    [Fact]
    public void A_new_file_has_600000_rounds()
    {
        KeyFile.Create(Path, _keys, Passphrase);
        byte[] rounds = [0x02, 0x03, 0x09, 0x27, 0xc0]; // INTEGER 600,000 in DER
        foreach (var block in Blocks()) Assert.True(block.AsSpan().IndexOf(rounds) > 0);
    }

    [Fact]
    public void A_file_is_for_its_owner_only_and_nothing_lies_beside_it()
    {
        Create();
        AssertOwnerOnly();
        KeyFile.ChangePassphrase(Path, Passphrase, "another passphrase");
        AssertOwnerOnly();
    }

    [Fact]
    public void A_file_that_is_there_is_left_alone()
    {
        File.WriteAllText(Path, "something dear");
        Assert.Equal(ErrorCode.Conflict, Fails(() => KeyFile.Create(Path, _keys, Passphrase)).Code);
        // and where it appeared only after a look
        using (var file = new OwnerOnlyFile(Path)) Assert.Throws<IOException>(() => file.Save("new"u8, replace: false));
        Assert.Equal("something dear", File.ReadAllText(Path));
        Assert.Single(_folder.GetFileSystemInfos());
    }

    [Fact]
    public void A_wrong_passphrase_is_denied()
    {
        Create();
        var error = Fails(() => KeyFile.Open(Path, "grüne Äpfel im Regem"));
        Assert.Equal(ErrorCode.Denied, error.Code);
        Assert.Contains("passphrase", error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.Denied, Fails(() => KeyFile.Open(Path, "")).Code);
    }

    [Fact]
    public void Whatever_a_wrong_passphrase_decrypts_to_is_no_key()
    {
        // One in 256 has the right padding; few rounds, to see some of these.
        var few = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, iterationCount: 1);
        var der = Der(_keys.Sealing.ExportPem(Passphrase, few));
        using var key = ECDiffieHellman.Create();
        for (var i = 0; i < 2000; i++) Assert.False(EncryptedKey.TryImport(key, $"wrong {i}", der));
        Assert.True(EncryptedKey.TryImport(key, Passphrase, der));
    }

    [Fact]
    public void A_file_that_is_not_there_is_not_found() =>
        Assert.Equal(ErrorCode.NotFound, Fails(() => KeyFile.Open(Path, Passphrase)).Code);

    [Theory]
    [InlineData("")]
    [InlineData("elevenchars")]
    [InlineData("😀😀😀😀😀😀😀😀😀😀😀")] // 22 in UTF-16
    public void A_short_passphrase_is_refused(string passphrase)
    {
        var error = Fails(() => KeyFile.Create(Path, _keys, passphrase));
        Assert.Equal(ErrorCode.Invalid, error.Code);
        Assert.Contains("at least 12 characters", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path));
        Create();
        Assert.Equal(ErrorCode.Invalid, Fails(() => KeyFile.ChangePassphrase(Path, Passphrase, passphrase)).Code);
        KeyFile.Open(Path, Passphrase).Dispose();
    }

    [Fact]
    public void A_changed_passphrase_takes_the_place_of_the_old_one()
    {
        Create();
        KeyFile.ChangePassphrase(Path, Passphrase, "twelve chars");
        Assert.Equal(ErrorCode.Denied, Fails(() => KeyFile.Open(Path, Passphrase)).Code);
        using var opened = KeyFile.Open(Path, "twelve chars");
        Assert.Equal(("vlt_1", "usr_1"), (opened.Vault, opened.User));
        opened.CheckPublicKeys(_keys.Sealing.PublicKey, _keys.Signing.PublicKey);
        Assert.Single(_folder.GetFileSystemInfos());
    }

    [Fact]
    public void A_passphrase_is_not_changed_without_the_old_one()
    {
        Create();
        var before = File.ReadAllBytes(Path);
        Assert.Equal(
            ErrorCode.Denied, Fails(() => KeyFile.ChangePassphrase(Path, "not the old one", "twelve chars")).Code);
        Assert.Equal(before, File.ReadAllBytes(Path));
    }

    [Fact]
    public void A_link_to_a_file_stays_one_when_its_passphrase_changes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows asks for a privilege to make links");
        Create();
        var link = System.IO.Path.Combine(_folder.FullName, "link.pem");
        File.CreateSymbolicLink(link, Path);
        KeyFile.ChangePassphrase(link, Passphrase, "twelve chars");
        Assert.NotNull(new FileInfo(link).LinkTarget);
        KeyFile.Open(Path, "twelve chars").Dispose();
    }

    [Fact]
    public void Other_keys_than_expected_are_found()
    {
        using var other = UserKeys.Generate("vlt_1", "usr_1");
        Assert.Equal(ErrorCode.Tampered,
            Fails(() => _keys.CheckPublicKeys(other.Sealing.PublicKey, _keys.Signing.PublicKey)).Code);
        Assert.Equal(ErrorCode.Tampered,
            Fails(() => _keys.CheckPublicKeys(_keys.Sealing.PublicKey, other.Signing.PublicKey)).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\nuser: b")]
    [InlineData("ü")]
    public void An_id_that_would_not_stand_on_one_line_is_refused(string id)
    {
        Assert.Equal(ErrorCode.Invalid, Fails(() => UserKeys.Generate(id, "usr_1").Dispose()).Code);
        Assert.Equal(ErrorCode.Invalid, Fails(() => UserKeys.Generate("vlt_1", id).Dispose()).Code);
    }

    private static SecureUserDataException Fails(Action action) => Assert.Throws<SecureUserDataException>(action);

    private static byte[] Der(string pem) => Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]);

    private void Create() => KeyFile.Create(Path, _keys, Passphrase, EncryptedKey.MinIterations);

    private List<byte[]> Blocks()
    {
        var blocks = new List<byte[]>();
        var text = File.ReadAllText(Path, Encoding.ASCII);
        while (PemEncoding.TryFind(text, out var fields))
        {
            blocks.Add(Der(text));
            text = text[fields.Location.End..];
        }
        Assert.Equal(2, blocks.Count);
        return blocks;
    }

    private void AssertOwnerOnly()
    {
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        Assert.Single(_folder.GetFileSystemInfos());
    }
}
