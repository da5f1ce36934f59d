using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SecureUserData.Vault.Tests.Cryptography;

public sealed class HpkeSenderTests : IDisposable
{
    private static readonly byte[] Info = "vault vlt_1"u8.ToArray();
    private static readonly byte[] Aad = "secret 7"u8.ToArray();

    private readonly SealingKey _key = SealingKey.Generate();
    private readonly SealingPublicKey _recipient;
    private readonly HpkeSender _sender;
    private readonly HpkeReceiver _receiver;

    public HpkeSenderTests()
    {
        _recipient = SealingPublicKey.From(_key.PublicKey);
        _sender = new HpkeSender(_recipient, Info);
        _receiver = new HpkeReceiver(_key, Info);
    }

    public void Dispose()
    {
        _receiver.Dispose();
        _sender.Dispose();
        _recipient.Dispose();
        _key.Dispose();
    }

    [Fact]
    public void Seals_are_numbered_and_open_in_any_order_among_others()
    {
        using var other = new HpkeSender(_recipient, Info);
        var plaintexts = Enumerable.Range(0, 300).Select(_ => RandomNumberGenerator.GetBytes(32)).ToList();
        var seals = plaintexts.Select((plaintext, i) => (i % 3 == 0 ? other : _sender).Seal(Aad, plaintext)).ToList();
        Assert.Equal(
            Enumerable.Range(0, 100).Select(number => (uint)number),
            seals.Where((_, i) => i % 3 == 0).Select(seal => BinaryPrimitives.ReadUInt32BigEndian(seal.AsSpan(65))));
        Assert.All(seals, seal => Assert.Equal(65 + 4 + 32 + 16, seal.Length));
        var order = Enumerable.Range(0, 300).OrderBy(i => i * 7919 % 300).ToList();
        Assert.Equal(order.Select(i => plaintexts[i]), order.Select(i => _receiver.Open(Aad, seals[i])));
    }

    [Fact]
    public void No_two_seals_of_one_plaintext_are_the_same()
    {
        var seals = Enumerable.Range(0, 100).Select(_ => _sender.Seal(Aad, new byte[32])).ToList();
        Assert.Equal(100, seals.Select(seal => Convert.ToHexString(seal.AsSpan(69))).Distinct().Count());
    }

    [Fact]
    public void A_byte_changed_anywhere_another_number_and_a_cut_do_not_open()
    {
        _sender.Seal(Aad, [1]);
        var seal = _sender.Seal(Aad, "correct horse"u8);
        Assert.Equal("correct horse"u8, _receiver.Open(Aad, seal)); // and it remembers the encapsulation
        for (var at = 0; at < seal.Length; at++)
        {
            byte[] changed = [.. seal];
            changed[at] ^= 1;
            AssertDoesNotOpen(changed);
        }
        AssertDoesNotOpen(seal[..(HpkeSender.Overhead - 1)]);
        AssertDoesNotOpen([]);
        Assert.Equal("correct horse"u8, _receiver.Open(Aad, seal));
    }

    [Fact]
    public void It_is_bound_to_info_associated_data_and_key()
    {
        var seal = _sender.Seal(Aad, [1]);
        using var otherInfo = new HpkeReceiver(_key, "vault vlt_2"u8.ToArray());
        using var stranger = SealingKey.Generate();
        using var otherKey = new HpkeReceiver(stranger, Info);
        Assert.Throws<SecureUserDataException>(() => otherInfo.Open(Aad, seal));
        Assert.Throws<SecureUserDataException>(() => otherKey.Open(Aad, seal));
        Assert.Throws<SecureUserDataException>(() => _receiver.Open("secret 8"u8, seal));
        Assert.Equal([1], _receiver.Open(Aad, seal));
    }

    private void AssertDoesNotOpen(byte[] seal) => Assert.Equal(
        ErrorCode.Tampered, Assert.Throws<SecureUserDataException>(() => _receiver.Open(Aad, seal)).Code);
}
