using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecureUserData.Vault.Tests.Interop;

/// <summary>Another implementation, on Node's WebCrypto, opens what is made here, and the other way round.</summary>
public sealed class NodeTests : IDisposable
{
    private static readonly byte[] Info = "vault vlt_1, épreuve"u8.ToArray();
    private static readonly byte[] Aad = "secret 7"u8.ToArray();

    private readonly SealingKey _key = SealingKey.Generate();

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task Node_opens_what_is_sealed_here()
    {
        var plaintexts = Plaintexts();
        var scalar = new byte[SealingKey.ScalarLength];
        _key.ExportScalar(scalar);
        var answer = await Node.AskAsync(new JsonObject
        {
            ["operation"] = "open",
            ["scalar"] = Hex(scalar),
            ["info"] = Hex(Info),
            ["aad"] = Hex(Aad),
            ["seals"] = List(plaintexts.Select(plaintext => Hpke.Seal(_key.PublicKey, Info, Aad, plaintext))),
        });
        Assert.Equal(plaintexts.Select(Hex), Texts(answer, "opened"));
    }

    [Fact]
    public async Task What_Node_seals_opens_here()
    {
        var plaintexts = Plaintexts();
        var answer = await Node.AskAsync(new JsonObject
        {
            ["operation"] = "seal",
            ["recipient"] = Hex(_key.PublicKey.ToArray()),
            ["info"] = Hex(Info),
            ["aad"] = Hex(Aad),
            ["plaintexts"] = List(plaintexts),
        });
        var opened = Texts(answer, "seals").Select(seal => Hpke.Open(_key, Info, Aad, Convert.FromHexString(seal)));
        Assert.Equal(plaintexts, opened);
    }

    [Fact]
    public async Task Node_opens_many_seals_of_one_encapsulation()
    {
        var plaintexts = Enumerable.Range(0, 300).Select(_ => RandomNumberGenerator.GetBytes(32)).ToList();
        var scalar = new byte[SealingKey.ScalarLength];
        _key.ExportScalar(scalar);
        using var recipient = SealingPublicKey.From(_key.PublicKey);
        using var sender = new HpkeSender(recipient, Info);
        var answer = await Node.AskAsync(new JsonObject
        {
            ["operation"] = "openNumbered",
            ["scalar"] = Hex(scalar),
            ["info"] = Hex(Info),
            ["aad"] = Hex(Aad),
            ["seals"] = List(plaintexts.Select(plaintext => sender.Seal(Aad, plaintext))),
        });
        Assert.Equal(plaintexts.Select(Hex), Texts(answer, "opened"));
    }

    [Fact]
    public async Task Many_seals_of_one_encapsulation_by_Node_open_here()
    {
        var plaintexts = Enumerable.Range(0, 300).Select(_ => RandomNumberGenerator.GetBytes(32)).ToList();
        var answer = await Node.AskAsync(new JsonObject
        {
            ["operation"] = "sealMany",
            ["recipient"] = Hex(_key.PublicKey.ToArray()),
            ["info"] = Hex(Info),
            ["aad"] = Hex(Aad),
            ["plaintexts"] = List(plaintexts),
        });
        using var receiver = new HpkeReceiver(_key, Info);
        Assert.Equal(
            plaintexts.Reverse<byte[]>(),
            Texts(answer, "seals").Reverse<string>().Select(seal => receiver.Open(Aad, Convert.FromHexString(seal))));
    }

    [Fact]
    public async Task Node_opens_a_key_file_and_signs_with_what_is_in_it()
    {
        const string passphrase = "grüne Äpfel im Regen";
        var folder = Directory.CreateTempSubdirectory("sud-vault-");
        try
        {
            using var keys = UserKeys.Generate("vlt_1", "usr_1");
            var path = Path.Combine(folder.FullName, "keys.pem");
            KeyFile.Create(path, keys, passphrase);
            var data = RandomNumberGenerator.GetBytes(1000);
            var answer = await Node.AskAsync(new JsonObject
            {
                ["operation"] = "keyFile",
                ["text"] = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken),
                ["passphrase"] = passphrase,
                ["info"] = Hex(Info),
                ["aad"] = Hex(Aad),
                ["seal"] = Hex(Hpke.Seal(keys.Sealing.PublicKey, Info, Aad, "secret"u8)),
                ["data"] = Hex(data),
            });
            Assert.Equal(["vlt_1 usr_1 sealing", "vlt_1 usr_1 signing"], Texts(answer, "names"));
            Assert.Equal(Hex(keys.Sealing.PublicKey.ToArray()), answer.GetProperty("sealing").GetString());
            Assert.Equal(Hex(keys.Signing.PublicKey.ToArray()), answer.GetProperty("signing").GetString());
            Assert.Equal(Hex("secret"u8.ToArray()), answer.GetProperty("opened").GetString());
            using var verifying = VerifyingKey.From(keys.Signing.PublicKey);
            var signature = Convert.FromHexString(answer.GetProperty("signature").GetString()!);
            Assert.True(verifying.Verify(data, signature));
            Assert.False(verifying.Verify(data.AsSpan(1), signature));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_key_file_made_by_Node_opens_here()
    {
        const string passphrase = "grüne Äpfel im Regen";
        var answer = await Node.AskAsync(new JsonObject
        {
            ["operation"] = "newKeyFile",
            ["vault"] = "vlt_1",
            ["user"] = "usr_1",
            ["passphrase"] = passphrase,
            ["rounds"] = 100_000,
        });
        var folder = Directory.CreateTempSubdirectory("sud-vault-");
        try
        {
            var path = Path.Combine(folder.FullName, "keys.pem");
            var text = answer.GetProperty("text").GetString();
            await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
            using var keys = KeyFile.Open(path, passphrase);
            Assert.Equal(("vlt_1", "usr_1"), (keys.Vault, keys.User));
            Assert.Equal(Hex(keys.Sealing.PublicKey.ToArray()), answer.GetProperty("sealing").GetString());
            Assert.Equal(Hex(keys.Signing.PublicKey.ToArray()), answer.GetProperty("signing").GetString());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(65_536)]
    public async Task Node_verifies_what_is_signed_here(int length)
    {
        using var key = SigningKey.Generate();
        var data = RandomNumberGenerator.GetBytes(length);
        var signature = key.Sign(data);
        Assert.True(await VerifiesAsync(key, data, signature));
        signature[40] ^= 1;
        Assert.False(await VerifiesAsync(key, data, signature));
    }

    private static async Task<bool> VerifiesAsync(SigningKey key, byte[] data, byte[] signature)
    {
        var answer = await Node.AskAsync(new JsonObject
        {
            ["operation"] = "verify",
            ["key"] = Hex(key.PublicKey.ToArray()),
            ["data"] = Hex(data),
            ["signature"] = Hex(signature),
        });
        return answer.GetProperty("verified").GetBoolean();
    }

    private static List<byte[]> Plaintexts() =>
        [.. new[] { 0, 1, 1000, 65_536 }.Select(RandomNumberGenerator.GetBytes)];

    private static JsonArray List(IEnumerable<byte[]> values) =>
        [.. values.Select(value => (JsonNode)Hex(value))];

    private static List<string> Texts(JsonElement answer, string name) =>
        [.. answer.GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
