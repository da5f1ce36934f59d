using System.Text.Json;

namespace SecureUserData.Vault.Tests.Cryptography;

/// <summary>Every step of RFC 9180 against its own vectors.</summary>
public sealed class HpkeVectorTests
{
    public static TheoryData<int> Aeads => [1, 2];

    [Theory, MemberData(nameof(Aeads))]
    public void Key_pairs_are_derived_as_the_standard_says(int aead) => ForEach(aead, vector =>
    {
        foreach (var (material, scalar, point) in new[] { ("ikmR", "skRm", "pkRm"), ("ikmE", "skEm", "pkEm") })
        {
            using var key = HpkeKem.DeriveKeyPair(vector.Bytes(material));
            var exported = new byte[SealingKey.ScalarLength];
            key.ExportScalar(exported);
            Assert.Equal(vector.Bytes(scalar), exported);
            Assert.Equal(vector.Bytes(point), key.PublicKey.ToArray());
        }
    });

    [Theory, MemberData(nameof(Aeads))]
    public void Both_sides_come_to_the_secret_of_the_standard(int aead) => ForEach(aead, vector =>
    {
        using var recipient = SealingKey.From(vector.Bytes("skRm"));
        using var recipientPublic = SealingPublicKey.From(vector.Bytes("pkRm"));
        using var ephemeral = SealingKey.From(vector.Bytes("skEm"));
        using var ephemeralPublic = SealingPublicKey.From(vector.Bytes("enc"));
        Assert.Equal(vector.Bytes("enc"), ephemeral.PublicKey.ToArray());
        var secret = new byte[HpkeKem.SecretLength];
        HpkeKem.Encapsulate(recipientPublic, ephemeral, secret);
        Assert.Equal(vector.Bytes("shared_secret"), secret);
        secret.AsSpan().Clear();
        HpkeKem.Decapsulate(recipient, ephemeralPublic, secret);
        Assert.Equal(vector.Bytes("shared_secret"), secret);
    });

    [Theory, MemberData(nameof(Aeads))]
    public void The_key_schedule_is_that_of_the_standard(int aead) => ForEach(aead, vector =>
    {
        using var context = Context(aead, vector);
        var exporter = new byte[LabeledHkdf.Length];
        context.ExporterSecret(exporter);
        Assert.Equal(vector.Bytes("key_schedule_context"), context.ScheduleContext.ToArray());
        Assert.Equal(vector.Bytes("secret"), context.Secret.ToArray());
        Assert.Equal(vector.Bytes("key"), context.Key.ToArray());
        Assert.Equal(vector.Bytes("base_nonce"), context.BaseNonce.ToArray());
        Assert.Equal(vector.Bytes("exporter_secret"), exporter);
    });

    [Theory, MemberData(nameof(Aeads))]
    public void Encryptions_in_a_row_are_those_of_the_standard(int aead) => ForEach(aead, vector =>
    {
        using var context = Context(aead, vector);
        ulong sequence = 0;
        foreach (var encryption in vector.GetProperty("encryptions").EnumerateArray())
        {
            var nonce = new byte[HpkeContext.NonceLength];
            context.Nonce(sequence, nonce);
            Assert.Equal(encryption.Bytes("nonce"), nonce);
            var plaintext = encryption.Bytes("pt");
            var ciphertext = new byte[plaintext.Length + HpkeContext.TagLength];
            context.Seal(sequence, encryption.Bytes("aad"), plaintext, ciphertext);
            Assert.Equal(encryption.Bytes("ct"), ciphertext);
            var opened = new byte[plaintext.Length];
            context.Open(sequence, encryption.Bytes("aad"), ciphertext, opened);
            Assert.Equal(plaintext, opened);
            sequence++;
        }
        Assert.Equal(6ul, sequence);
    });

    [Theory, MemberData(nameof(Aeads))]
    public void Exports_are_those_of_the_standard(int aead) => ForEach(aead, vector =>
    {
        using var context = Context(aead, vector);
        foreach (var export in vector.GetProperty("exports").EnumerateArray())
        {
            var output = new byte[export.GetProperty("L").GetInt32()];
            context.Export(export.Bytes("exporter_context"), output);
            Assert.Equal(export.Bytes("exported_value"), output);
        }
        Assert.Equal(3, vector.GetProperty("exports").GetArrayLength());
    });

    [Fact]
    public void The_first_encryption_of_the_standard_opens_as_a_seal() => ForEach(aead: 2, vector =>
    {
        using var recipient = SealingKey.From(vector.Bytes("skRm"));
        var first = vector.GetProperty("encryptions")[0];
        byte[] seal = [.. vector.Bytes("enc"), .. first.Bytes("ct")];
        Assert.Equal(first.Bytes("pt"), Hpke.Open(recipient, vector.Bytes("info"), first.Bytes("aad"), seal));
    });

    private static HpkeContext Context(int aead, JsonElement vector) => new(
        aead == 1 ? HpkeSuite.Aes128Gcm : HpkeSuite.Aes256Gcm, vector.Bytes("shared_secret"), vector.Bytes("info"));

    private static void ForEach(int aead, Action<JsonElement> check)
    {
        var vectors = HpkeVectors.Base(aead);
        Assert.Single(vectors);
        vectors.ForEach(check);
    }
}
