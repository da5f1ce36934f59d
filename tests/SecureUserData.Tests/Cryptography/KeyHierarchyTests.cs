using System.Text.Json;
using SecureUserData.Access;
using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.OwnedData;
using SecureUserData.Ports;
using SecureUserData.Processing;
using SecureUserData.Users;

namespace SecureUserData.Tests.Cryptography;

public sealed class KeyHierarchyTests
{
    [Fact]
    public void Keys_are_derived_as_the_specification_says()
    {
        foreach (var vector in Vectors.Read("derivation").GetProperty("derivations").EnumerateArray())
        {
            using var key = SecretKey.From(vector.Hex("key"));
            using var derived = key.Derive(vector.Text("label"), vector.Text("context"));
            Assert.Equal(vector.Hex("derived"), derived.Bytes.ToArray());
        }
    }

    [Fact]
    public void A_ring_has_the_check_values_and_wrapping_keys_of_the_specification()
    {
        var expected = Vectors.Read("derivation").GetProperty("ring");
        using var ring = MasterKeyRing.Parse(expected.Text("text"));
        Assert.Equal([2, 1], ring.Versions);
        foreach (var version in expected.GetProperty("versions").EnumerateArray())
        {
            Assert.Equal(version.Text("check"), ring.CheckValue(version.Number("version")));
            using var wrap = ring.Derive(version.Number("version"), "wrap", "app_01jd5tq9rkf0r8hxm2n4vwczye");
            Assert.Equal(version.Hex("wrap"), wrap.Bytes.ToArray());
        }
    }

    [Fact]
    public void Wrapped_keys_unwrap_from_the_master_key_down_to_the_user()
    {
        var vector = Vectors.Read("key-wrap");
        using var ring = MasterKeyRing.Parse(vector.Text("ring"));
        var keys = Wrapped(vector).Unwrap(ring);
        var app = vector.GetProperty("application").Hex("key");
        Assert.Equal(app, keys.Key.Current.Bytes.ToArray());
        Assert.Equal(vector.GetProperty("index").Hex("key"), keys.Index.Current.Bytes.ToArray());
        Assert.Equal(vector.GetProperty("log").Hex("key"), keys.Log.Current.Bytes.ToArray());
        Assert.Equal(vector.GetProperty("state").Hex("key"), keys.State.Current.Bytes.ToArray());
        var user = vector.Text("user");
        using var userKeys = UserKey.Unwrap(User(keys.App, vector.GetProperty("userKey").Hex("wrapped")), user, keys);
        Assert.Equal(vector.GetProperty("userKey").Hex("key"), userKeys.Current.Bytes.ToArray());
    }

    [Fact]
    public void A_wrapped_key_does_not_unwrap_for_another_holder_purpose_or_version()
    {
        var vector = Vectors.Read("key-wrap");
        using var ring = MasterKeyRing.Parse(vector.Text("ring"));
        var wrapped = Wrapped(vector);
        var keys = wrapped.Unwrap(ring);
        var user = User(keys.App, vector.GetProperty("userKey").Hex("wrapped"));
        Tampered(() => UserKey.Unwrap(user, UserId.New().ToString(), keys));
        Tampered(() => (wrapped with { App = AppId.New() }).Unwrap(ring));
        var (application, index, log, state) = (wrapped.Keys[0], wrapped.Keys[1], wrapped.Keys[2], wrapped.Keys[3]);
        var renumbered = wrapped with { Keys = [application with { Version = 2 }, index, log, state] };
        Tampered(() => renumbered.Unwrap(ring));
        var swapped = wrapped with
        {
            Keys = [application, index with { Purpose = "log" }, log with { Purpose = "index" }, state],
        };
        Tampered(() => swapped.Unwrap(ring));
        using var other = MasterKeyRing.Parse(MasterKeyRing.Generate());
        Tampered(() => wrapped.Unwrap(other));
    }

    [Fact]
    public void Fresh_keys_of_an_application_unwrap_and_are_all_different()
    {
        using var ring = MasterKeyRing.Parse(MasterKeyRing.Generate());
        var wrapped = WrappedKeys.Make(AppId.New(), new ApplicationSettings("shop"), ring, 1);
        var keys = wrapped.Unwrap(ring);
        VersionedKeys[] all = [keys.Key, keys.Index, keys.Log, keys.State];
        Assert.Equal(4, all.Select(key => Convert.ToHexString(key.Current.Bytes)).Distinct().Count());
    }

    [Fact]
    public void States_are_sealed_as_the_specification_says_and_bound_to_all_that_stands_beside_them()
    {
        foreach (var vector in Vectors.Read("state-seal").EnumerateArray())
        {
            var (owner, entity) = (vector.Text("owner"), vector.Text("entity"));
            using var key = SecretKey.From(vector.Hex("key"));
            var seal = new StateSeal(owner, vector.Number("keyVersion"), (version, id, to) =>
            {
                key.Derive(StateSeal.Label, id, to);
                return version == vector.Number("keyVersion");
            });
            var stored = new StoredState(vector.Number("version"), owner, vector.Texts("tags"), vector.Hex("body"));
            Assert.Equal(vector.Hex("plaintext"), seal.Open(entity, stored));
            Tampered(() => seal.Open(entity + "x", stored));
            Tampered(() => seal.Open(entity, stored with { Version = stored.Version + 1 }));
            Tampered(() => seal.Open(entity, stored with { Owner = "app_01jd5tq9rkf0r8hxm2n4vwczyf" }));
            Tampered(() => seal.Open(entity, stored with { Tags = [.. stored.Tags, "x"] }));
            Tampered(() => seal.Open(entity, stored with { Tags = [.. stored.Tags.Select(tag => tag + "x"), ""] }));
            for (var i = 0; i < stored.Body.Length; i++)
            {
                var body = stored.Body.ToArray();
                body[i] ^= (byte)(1 << (i % 8));
                Tampered(() => seal.Open(entity, stored with { Body = body }));
                Tampered(() => seal.Open(entity, stored with { Body = stored.Body[..i] }));
            }
        }
    }

    [Fact]
    public void Credentials_read_and_verify_as_the_specification_says()
    {
        var vectors = Vectors.Read("credential");
        using var keys = InstallationWith(vectors.Hex("key"));
        foreach (var vector in vectors.GetProperty("credentials").EnumerateArray())
        {
            var text = CredentialText.Parse(new Credential(vector.Text("text")));
            Assert.Equal(vector.Text("owner"), text.Owner);
            Assert.Equal(vector.Text("secret"), text.Secret);
            Assert.Equal(vector.Text("kind") == "claim", text.IsClaim);
            Assert.Equal(vector.Hex("verifier"), CredentialText.Verifier(text, keys));
            Assert.True(text.Matches(vector.Hex("verifier"), keys));
            Assert.False((text with { IsClaim = !text.IsClaim }).Matches(vector.Hex("verifier"), keys));
            Assert.False(text.Matches(null, keys));
        }
    }

    [Fact]
    public void Any_mistyped_character_of_a_credential_is_told_from_a_wrong_one()
    {
        var text = Vectors.Read("credential").GetProperty("credentials")[1].Text("text");
        for (var i = 0; i < text.Length; i++)
        {
            var typed = text[..i] + (text[i] == '7' ? '8' : '7') + text[(i + 1)..];
            var refusal = Assert.Throws<SecureUserDataException>(() => CredentialText.Parse(new Credential(typed)));
            Assert.Equal(ErrorCode.Invalid, refusal.Code);
            Assert.DoesNotContain(text[^20..], refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Records_and_notices_read_as_the_specification_says()
    {
        foreach (var vector in Vectors.Read("record").EnumerateArray())
        {
            var content = new RecordContent(vector.Text("contentType"), vector.Hex("data"));
            var at = DateTimeOffset.FromUnixTimeMilliseconds(vector.GetProperty("storedAt").GetInt64());
            Assert.Equal(vector.Hex("plaintext"), RecordFormat.Write(content, at));
            var read = RecordFormat.Read("c", RecordId.New(), vector.Hex("plaintext"));
            Assert.Equal((at, content.ContentType), (read.Info.StoredAt, read.Content.ContentType));
            Assert.Equal(vector.Hex("data"), read.Content.Data.ToArray());
        }
        foreach (var vector in Vectors.Read("notice").EnumerateArray())
            Assert.Equal(vector.Text("notice"), ScriptPolicy.Notice(new ScriptText(
                vector.Text("name"), vector.Text("purpose"), Enum.Parse<LegalBasis>(vector.Text("legalBasis")))
            {
                Fields = vector.Texts("fields"),
                Collections = vector.Texts("collections"),
                Recipients = vector.Texts("recipients"),
                Retention = vector.Text("retention"),
                Masks = Masks(vector),
            }));
    }

    private static Dictionary<string, FieldMask> Masks(JsonElement notice) =>
        notice.TryGetProperty("masks", out var masks)
            ? masks.EnumerateObject().ToDictionary(mask => mask.Name, mask => Enum.Parse<FieldMask>($"{mask.Value}"))
            : [];

    internal static InstallationKeys InstallationWith(byte[] credentialKey, byte[]? batchKey = null) =>
        new(new InstallationState
        {
            CredentialKey = credentialKey,
            BatchKey = batchKey ?? new byte[SecretKey.Length],
            LogKey = new byte[SecretKey.Length],
            CreatedAt = default,
            Operators = [],
            Applications = [],
        });

    private static WrappedKeys Wrapped(JsonElement vector) => new(
        AppId.Parse(vector.Text("app")),
        new ApplicationSettings("shop"),
        [.. new[] { "application", "index", "log", "state" }.Select(purpose =>
            new WrappedKey(purpose, 1, vector.GetProperty(purpose).Hex("wrapped")))]);

    private static UserState User(AppId app, byte[] wrapped) => new()
    {
        App = app,
        WrappedKey = wrapped,
        WrappedUnder = 1,
        KeyVersion = 1,
        KeyUses = 0,
        Fields = [],
        CreatedAt = default,
        ClaimVerifier = [],
    };

    private static void Tampered(Func<object> open) =>
        Assert.Equal(ErrorCode.Tampered, Assert.Throws<SecureUserDataException>(open).Code);
}
