using FsCheck.Fluent;
using SecureUserData.Cryptography;

namespace SecureUserData.Faults.Tests.Properties;

public sealed class EnvelopeProperties
{
    private static readonly FsCheck.Gen<Binding> Bindings =
        from parts in Sampled.Text.ArrayOf(4)
        from more in Sampled.Text.ArrayOf()
        select new Binding(parts[0], parts[1], parts[2], parts[3]) { More = more };

    [Fact]
    public void What_was_sealed_opens_as_it_was_and_after_any_changed_bit_not_at_all() => Sampled.Holds(
        Bindings.Zip(Sampled.Bytes, (binding, plaintext) => (Binding: binding, Plaintext: plaintext)),
        sample =>
        {
            using var key = SecretKey.Random();
            using var envelope = new Envelope(1, key.Bytes);
            var stored = envelope.Seal(sample.Binding, sample.Plaintext);
            Assert.Equal(sample.Plaintext, envelope.Open(sample.Binding, stored).Plaintext);
            for (var bit = 0; bit < stored.Length * 8; bit++)
            {
                stored[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.Equal(ErrorCode.Tampered, Sampled.CodeOf(() => envelope.Open(sample.Binding, stored)));
                stored[bit / 8] ^= (byte)(1 << (bit % 8));
            }
            Assert.Equal(
                ErrorCode.Tampered, Sampled.CodeOf(() => envelope.Open(sample.Binding, stored.AsSpan()[..^1])));
        },
        inShort: 100,
        inLong: 5_000);

    [Fact]
    public void No_other_binding_opens_an_envelope() => Sampled.Holds(
        Bindings.Two(),
        pair =>
        {
            using var key = SecretKey.Random();
            using var envelope = new Envelope(1, key.Bytes);
            var stored = envelope.Seal(pair.Item1, [1, 2, 3]);
            foreach (var other in Neighbours(pair.Item1).Append(pair.Item2).Where(other => !Same(other, pair.Item1)))
                Assert.Equal(ErrorCode.Tampered, Sampled.CodeOf(() => envelope.Open(other, stored)));
        });

    [Fact]
    public void Two_bindings_are_alike_exactly_if_their_associated_data_are() => Sampled.Holds(
        Bindings,
        binding =>
        {
            foreach (var other in Neighbours(binding).Append(binding))
                Assert.Equal(Same(binding, other), Data(binding).SequenceEqual(Data(other)));
        });

    /// <summary>What differs least: a character moved over each border between parts, a part split, joined or left
    /// out.</summary>
    private static IEnumerable<Binding> Neighbours(Binding binding)
    {
        string[] parts = [binding.Purpose, binding.Application, binding.User, binding.Place, .. binding.More];
        for (var i = 0; i < parts.Length; i++)
        {
            yield return Of([.. parts[..i], parts[i] + "a", .. parts[(i + 1)..]]);
            yield return Of([.. parts[..i], "", parts[i], .. parts[(i + 1)..]]);
            if (i + 1 == parts.Length) break;
            yield return Of([.. parts[..i], parts[i + 1], parts[i], .. parts[(i + 2)..]]);
            yield return Of([.. parts[..i], parts[i] + parts[i + 1], "", .. parts[(i + 2)..]]);
            if (parts.Length > 4) yield return Of([.. parts[..i], parts[i] + parts[i + 1], .. parts[(i + 2)..]]);
        }
    }

    private static Binding Of(string[] parts) =>
        new(parts[0], parts[1], parts[2], parts[3]) { More = parts[4..] };

    private static bool Same(Binding one, Binding other) =>
        (one.Purpose, one.Application, one.User, one.Place)
            == (other.Purpose, other.Application, other.User, other.Place)
        && one.More.SequenceEqual(other.More, StringComparer.Ordinal);

    private static byte[] Data(Binding binding)
    {
        var buffer = new byte[binding.MaxLength(Envelope.HeaderLength)];
        return buffer[..binding.Write(new byte[Envelope.HeaderLength], buffer)];
    }
}
