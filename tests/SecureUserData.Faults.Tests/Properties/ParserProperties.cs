using FsCheck;
using FsCheck.Fluent;
using SecureUserData.Access;
using SecureUserData.Cryptography;

namespace SecureUserData.Faults.Tests.Properties;

/// <summary>Whatever text comes in, a parser takes it or refuses it as invalid, and fails in no other way.</summary>
public sealed class ParserProperties
{
    private const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private static readonly (string What, Func<string, object> Parse)[] Ids =
    [
        ("app", text => AppId.Parse(text)),
        ("user", text => UserId.Parse(text)),
        ("script", text => ScriptId.Parse(text)),
        ("operator", text => OperatorId.Parse(text)),
        ("record", text => RecordId.Parse(text)),
        ("consent", text => ConsentId.Parse(text)),
        ("erasure", text => ErasureId.TryParse(text, out var id) ? id : throw NoId()),
        ("look-ups", text => LookUpsId.TryParse(text, out var id) ? id : throw NoId()),
        ("retention", text => RetentionId.TryParse(text, out var id) ? id : throw NoId()),
    ];

    [Fact]
    public void An_id_reads_as_it_is_written_and_nothing_else_is_an_id() => Sampled.Holds(
        Around(() => $"{AppId.New()}", () => $"{UserId.New()}", () => $"{ScriptId.New()}", () => $"{OperatorId.New()}",
            () => $"{RecordId.New()}", () => $"{new ConsentId(UserId.New(), ScriptId.New())}",
            () => $"{new ErasureId(UserId.New())}", () => $"{LookUpsId.AnyOf(AppId.New())}",
            () => $"{new RetentionId(AppId.New())}"),
        text =>
        {
            foreach (var (what, parse) in Ids)
            {
                object? id = null;
                var code = Sampled.CodeOf(() => id = parse(text));
                Assert.True(code is null or ErrorCode.Invalid, $"{what}: {code}");
                if (code is null) Assert.Equal(text, $"{id}");
            }
            Assert.True(Sampled.CodeOf(() => Entities.EntityKind.ParseId(text)) is null or ErrorCode.Invalid);
        });

    [Fact]
    public void A_credential_is_read_or_refused_as_invalid() => Sampled.Holds(
        Around(() => $"sud_usr_{$"{UserId.New()}"[4..]}_{new string('a', 56)}", Valid),
        text =>
        {
            CredentialText? read = null;
            var code = Sampled.CodeOf(() => read = CredentialText.Parse(new Credential(text)));
            Assert.True(code is null or ErrorCode.Invalid, $"{code}");
            if (read is null) return;
            var owner = read.Owner[(read.Owner.IndexOf('_') + 1)..];
            Assert.Equal(text.Trim()[..^4], $"sud_{Tag(read)}_{owner}_{read.Secret}"); // and four to check it
        });

    [Fact]
    public void A_ring_of_master_keys_is_read_or_refused_as_invalid() => Sampled.Holds(
        Around(() => $"1:{Key}", () => $"2:{Key},1:{Key}", () => Key, () => MasterKeyRing.Generate()),
        text =>
        {
            var code = Sampled.CodeOf(() => MasterKeyRing.Parse(text).Dispose());
            Assert.True(code is null or ErrorCode.Invalid, $"{code}");
        });

    private static SecureUserDataException NoId() => SecureUserDataException.Invalid("That is no id.");

    /// <summary>Any text, and what is nearly right: a piece of it cut out, and other text in its place.</summary>
    private static Gen<string> Around(params Func<string>[] right) => Gen.OneOf(
        Sampled.Text,
        from valid in Gen.Elements(right)
        from at in Gen.Choose(0, 100)
        from length in Gen.Choose(0, 3)
        from other in Gen.OneOf(Gen.Constant(""), Sampled.Text)
        let text = valid()
        let start = Math.Min(at, text.Length)
        select string.Concat(text.AsSpan(0, start), other, text.AsSpan(Math.Min(start + length, text.Length))));

    private static string Valid()
    {
        using var store = InstallationOfNobody.Keys();
        return CredentialText.Mint(CallerKind.User, $"{UserId.New()}", store).Credential.Reveal();
    }

    private static string Tag(CredentialText text) => text.IsClaim ? "claim" : text.Kind switch
    {
        CallerKind.Application => "app",
        CallerKind.User => "usr",
        CallerKind.Script => "scr",
        CallerKind.Operator => "op",
        CallerKind.VaultUser or CallerKind.Anonymous => "none",
    };
}
