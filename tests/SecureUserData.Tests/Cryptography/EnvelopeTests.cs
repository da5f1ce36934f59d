using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using SecureUserData.Cryptography;

namespace SecureUserData.Tests.Cryptography;

public sealed partial class EnvelopeTests
{
    private const string App = "app_01jd5tq9rkf0r8hxm2n4vwczye";
    private static readonly Binding Email = Binding.Field(App, "usr_01jd5tr2v1ek9abtgqds3mn6p8", "email");

    [Fact]
    public void After_a_rest_it_seals_and_opens_as_before()
    {
        using var keys = new VersionedKeys(1, SecretKey.Random());
        using var envelope = new Envelope(keys);
        var before = envelope.Seal(Email, [1]);
        envelope.Rest();
        envelope.Rest();
        Assert.Equal([1], envelope.Open(Email, before).Plaintext);
        envelope.Rest();
        Assert.Equal([2], envelope.Open(Email, envelope.Seal(Email, [2])).Plaintext);
    }

    [Fact]
    public void Every_vector_opens_or_fails_as_the_specification_says()
    {
        var seen = new Dictionary<string, int>();
        foreach (var vector in Vectors.Read("envelope").EnumerateArray())
        {
            var expected = vector.Text("expect");
            seen[expected] = seen.GetValueOrDefault(expected) + 1;
            using var keys = Keys(vector);
            using var envelope = new Envelope(keys);
            var binding = BindingOf(vector.GetProperty("binding"));
            var bytes = vector.Hex("envelope");
            if (expected == "fails")
            {
                var failure = Assert.Throws<SecureUserDataException>(() => envelope.Open(binding, bytes));
                AssertOneForm(failure, binding);
                continue;
            }
            Assert.Equal(expected == "stale", envelope.Open(binding, bytes).IsStale);
            if (expected == "stale") continue;
            var plaintext = vector.Hex("plaintext");
            Assert.Equal(plaintext, envelope.Open(binding, bytes).Plaintext);
            Assert.Equal(bytes, envelope.SealWithNonce(binding, plaintext, vector.Hex("nonce")));
        }
        Assert.True(seen["opens"] > 10 && seen["stale"] == 1, "vectors are missing");
        Assert.True(seen["fails"] > 2 * (Envelope.Overhead + 15), "failing vectors are missing");
    }

    [Fact]
    public void Every_binding_is_written_as_the_specification_says()
    {
        foreach (var vector in Vectors.Read("bindings").EnumerateArray())
        {
            string application = vector.Text("application"), user = vector.Text("user");
            var binding = vector.Text("kind") switch
            {
                "field" => Binding.Field(application, user, vector.Text("name")),
                "record" => Binding.Record(
                    application, user, vector.Text("name"), RecordId.Parse(vector.Text("id"))),
                "user-key" => Binding.UserKey(application, user),
                "application-key" => Binding.ApplicationKey(
                    application, vector.Text("name"), vector.Number("version")),
                _ => Binding.State(
                    vector.Text("owner"), vector.Text("entity"), vector.Number("version"), vector.Texts("tags")),
            };
            var associated = new byte[binding.MaxLength(Envelope.HeaderLength)];
            var length = binding.Write([1, 0, 0, 0, 1], associated);
            Assert.Equal(vector.Hex("associated"), associated[..length]);
        }
    }

    [Fact]
    public void What_is_sealed_opens_again_at_every_length()
    {
        using var keys = new VersionedKeys(1, SecretKey.Random());
        using var envelope = new Envelope(keys);
        foreach (var length in (int[])[0, 1, 15, 16, 17, 511, 512, 513, Limits.FieldValueBytes, Limits.RecordBytes])
        {
            var plaintext = RandomNumberGenerator.GetBytes(length);
            var bytes = envelope.Seal(Email, plaintext);
            Assert.Equal(Envelope.Overhead + length, bytes.Length);
            Assert.Equal(plaintext, envelope.Open(Email, bytes).Plaintext);
        }
    }

    [Fact]
    public void A_long_place_is_bound_to_its_last_character()
    {
        using var keys = new VersionedKeys(1, SecretKey.Random());
        using var envelope = new Envelope(keys);
        var tags = Enumerable.Range(0, 300).Select(i => $"ix/1.1/{i}").ToList();
        var bytes = envelope.Seal(Binding.State("app", "usr", 1, tags), "x"u8);
        Assert.Equal("x"u8.ToArray(), envelope.Open(Binding.State("app", "usr", 1, tags), bytes).Plaintext);
        var failure = Assert.Throws<SecureUserDataException>(
            () => envelope.Open(Binding.State("app", "usr", 1, [.. tags[..^1], "ix/1.1/29"]), bytes));
        Assert.Equal(ErrorCode.Tampered, failure.Code);
    }

    [Fact]
    public void No_two_envelopes_share_a_nonce()
    {
        using var keys = new VersionedKeys(1, SecretKey.Random());
        using var envelope = new Envelope(keys);
        var nonces = Enumerable.Range(0, 10_000)
            .Select(_ => envelope.Seal(Email, "x"u8).AsSpan(Envelope.HeaderLength, Envelope.NonceLength).ToArray())
            .Select(Convert.ToHexString)
            .ToHashSet();
        Assert.Equal(10_000, nonces.Count);
    }

    [Fact]
    public void An_envelope_of_an_older_key_says_that_it_is_stale_and_new_ones_are_under_the_newest()
    {
        using var old = SecretKey.Random();
        using var before = new Envelope(new VersionedKeys(1, old));
        var bytes = before.Seal(Email, "x"u8);
        Assert.False(before.Open(Email, bytes).IsStale);
        using var after = new Envelope(new VersionedKeys([(1, old), (2, SecretKey.Random())]));
        Assert.True(after.Open(Email, bytes).IsStale);
        var renewed = after.Seal(Email, "x"u8);
        Assert.False(after.Open(Email, renewed).IsStale);
        var failure = Assert.Throws<SecureUserDataException>(() => before.Open(Email, renewed));
        Assert.Equal(ErrorCode.Tampered, failure.Code);
    }

    [Fact]
    public void The_fields_of_two_users_cannot_be_swapped()
    {
        using var keys = new VersionedKeys(1, SecretKey.Random()); // even if they had one key between them
        using var envelope = new Envelope(keys);
        var mine = envelope.Seal(Binding.Field(App, "usr_a", "email"), "mine"u8);
        foreach (var elsewhere in (Binding[])
            [Binding.Field(App, "usr_b", "email"), Binding.Field(App, "usr_a", "name"), Binding.UserKey(App, "usr_a")])
            Assert.Throws<SecureUserDataException>(() => envelope.Open(elsewhere, mine));
    }

    /// <summary>One exception, one form of message: it names the place and not the cause.</summary>
    private static void AssertOneForm(SecureUserDataException failure, Binding binding)
    {
        Assert.Equal(ErrorCode.Tampered, failure.Code);
        Assert.Null(failure.InnerException);
        Assert.Matches(Form(), failure.Message);
        Assert.Contains(binding.Place, failure.Message, StringComparison.Ordinal);
    }

    private static VersionedKeys Keys(JsonElement vector)
    {
        var key = (vector.Number("keyVersion"), SecretKey.From(vector.Hex("key")));
        return vector.TryGetProperty("newer", out _)
            ? new VersionedKeys([key, (9, SecretKey.From(vector.Hex("newer")))])
            : new VersionedKeys([key]);
    }

    private static Binding BindingOf(JsonElement binding) => new(
        binding.Text("purpose"), binding.Text("application"), binding.Text("user"), binding.Text("place"))
    {
        More = binding.Texts("more"),
    };

    [GeneratedRegex("^What is stored does not authenticate: [^.]+[.] Nothing was released; restore it [^.]+[.]$")]
    private static partial Regex Form();
}
