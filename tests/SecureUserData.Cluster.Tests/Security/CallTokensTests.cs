using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using SecureUserData.Access;
using SecureUserData.Applications;
using SecureUserData.Cluster.Security;
using SecureUserData.Cluster.Tests.Conformance;
using SecureUserData.Conformance;
using SecureUserData.Cryptography;

namespace SecureUserData.Cluster.Tests.Security;

/// <summary>Forged tokens. The keys are derived as the silo derives them, where a test needs a token that is good but
/// for one thing.</summary>
public sealed class CallTokensTests : IAsyncLifetime
{
    private static readonly FakeClock Clock = new();
    private static readonly Caller User = new(
        CallerKind.User, UserId.New().ToString(), AppId.New(), UserId.New());

    private readonly TestStorage _storage = TestStorage.Create(Clock);
    private readonly MasterKeyRing _masters = MasterKeyRing.Parse(MasterKeyRing.Generate());
    private InstallationKeys _keys = null!;
    private CallTokens _tokens = null!;

    public async ValueTask InitializeAsync()
    {
        await _storage.SetUpAsync(_masters);
        _keys = await _storage.OpenAsync(_masters);
        _tokens = new CallTokens(_keys, Clock);
    }

    public async ValueTask DisposeAsync()
    {
        _tokens.Dispose();
        await _storage.DisposeAsync();
        _masters.Dispose();
    }

    [Fact]
    public void A_token_says_who_was_signed_in()
    {
        Assert.Equal(User, _tokens.Read(_tokens.Sign(User), mayBeOver: false));
        var script = new Caller(
            CallerKind.Script, "scr", AppId.New(), Script: ScriptId.New(), ScriptVersion: 3);
        Assert.Equal(script, _tokens.Read(_tokens.Sign(script), mayBeOver: false));
    }

    [Fact]
    public void A_token_made_as_ours_are_is_taken() => Assert.NotNull(Read(Forged()));

    public static TheoryData<string> Forgeries =>
    [
        "other key", "no key id", "other key id", "RS256", "HS384", "HS512", "other issuer", "no issuer",
        "other audience", "no audience", "other type", "no type", "the silo's type", "no expiry", "no subject",
        "no kind", "unknown kind",
    ];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public void A_forged_token_is_none(string forgery) => Assert.Null(Read(forgery switch
    {
        "other key" => Forged(key: RandomNumberGenerator.GetBytes(32)),
        "no key id" => Forged(keyId: null),
        "other key id" => Forged(keyId: "silo-1"),
        "RS256" => WithRsa(),
        "HS384" => Forged(algorithm: SecurityAlgorithms.HmacSha384),
        "HS512" => Forged(algorithm: SecurityAlgorithms.HmacSha512),
        "other issuer" => Forged(change: token => token.Issuer = "secure-user-data.example"),
        "no issuer" => Forged(change: token => token.Issuer = null),
        "other audience" => Forged(change: token => token.Audience = "secure-user-data"),
        "no audience" => Forged(change: token => token.Audience = null),
        "other type" => Forged(change: token => token.TokenType = "at+jwt"),
        "no type" => Forged(change: token => token.TokenType = null),
        "the silo's type" => Forged(change: token => token.TokenType = "sud-silo+jwt"),
        "no expiry" => Forged(change: token => token.Expires = null),
        "no subject" => Forged(change: token => token.Subject.RemoveClaim(token.Subject.FindFirst("sub"))),
        "no kind" => Forged(change: token => token.Subject.RemoveClaim(token.Subject.FindFirst("kind"))),
        "unknown kind" => Forged(kind: "Emperor"),
        _ => throw new ArgumentOutOfRangeException(nameof(forgery)),
    }));

    /// <summary>Every part of a good one, changed: claims above all, and the algorithm "none".</summary>
    [Fact]
    public void A_changed_token_is_none()
    {
        var parts = _tokens.Sign(User).Split('.');
        var payload = Base64UrlEncoder.Decode(parts[1]);
        var header = Base64UrlEncoder.Decode(parts[0]);
        var operatorsPayload = Base64UrlEncoder.Encode(payload.Replace("\"User\"", "\"Operator\""));
        var none = Base64UrlEncoder.Encode(header.Replace("HS256", "none"));
        Assert.NotEqual(parts[1], operatorsPayload);
        Assert.NotEqual(parts[0], none);
        string[] changed =
        [
            $"{parts[0]}.{operatorsPayload}.{parts[2]}", $"{none}.{parts[1]}.{parts[2]}", $"{none}.{parts[1]}.",
            $"{none}.{operatorsPayload}.", $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[1]}", parts[1], ".", "..", "",
            $"{parts[0]}.{parts[1]}.{parts[2]}.", new string('a', 1 << 20), "\0", "ey.ey.ey",
        ];
        Assert.All(changed, token => Assert.Null(Read(token)));
        Assert.All(changed, token => Assert.False(_tokens.IsSilo(token)));
    }

    [Fact]
    public void One_kind_of_token_never_passes_for_the_other()
    {
        Assert.True(_tokens.IsSilo(_tokens.Own()));
        Assert.Null(Read(_tokens.Own()));
        var caller = _tokens.Sign(User);
        Assert.False(_tokens.IsSilo(caller));
        Assert.NotNull(Read(caller));
        Assert.False(_tokens.IsSilo(caller)); // remembered as what it is
        Assert.False(_tokens.IsSilo(null));
    }

    [Fact]
    public void A_token_ends_half_a_minute_after_its_time_and_what_it_has_begun_goes_on()
    {
        var token = _tokens.Sign(User);
        Clock.Advance(Authentication.Lifetime + TimeSpan.FromSeconds(29));
        Assert.NotNull(Read(token));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Read(token));
        Assert.Equal(User, _tokens.Read(token, mayBeOver: true));
    }

    [Fact]
    public async Task A_token_of_another_installation_is_none()
    {
        await using var elsewhere = TestStorage.Create(Clock);
        await elsewhere.SetUpAsync(_masters);
        using var others = new CallTokens(await elsewhere.OpenAsync(_masters), Clock);
        Assert.Null(Read(others.Sign(User)));
        Assert.False(_tokens.IsSilo(others.Own()));
    }

    private Caller? Read(string token) => _tokens.Read(token, mayBeOver: false);

    private string Forged(
        byte[]? key = null,
        string? keyId = "caller-1",
        string algorithm = SecurityAlgorithms.HmacSha256,
        string kind = "User",
        Action<SecurityTokenDescriptor>? change = null)
    {
        using var secret = _keys.Credentials.Derive("call-token", "caller");
        var bytes = key ?? secret.Bytes.ToArray();
        if (algorithm != SecurityAlgorithms.HmacSha256) bytes = [.. bytes, .. new byte[32]]; // the same key to HMAC
        var signing = new SymmetricSecurityKey(bytes) { KeyId = keyId };
        return Create(new SigningCredentials(signing, algorithm), kind, change);
    }

    /// <summary>Signed with a key pair, whose public key a careless verifier would take for the secret.</summary>
    private static string WithRsa()
    {
        using var rsa = RSA.Create(2048);
        return Create(
            new SigningCredentials(new RsaSecurityKey(rsa) { KeyId = "caller-1" }, SecurityAlgorithms.RsaSha256),
            "User",
            null);
    }

    private static string Create(
        SigningCredentials credentials, string kind, Action<SecurityTokenDescriptor>? change)
    {
        var now = Clock.GetUtcNow().UtcDateTime;
        var token = new SecurityTokenDescriptor
        {
            Issuer = "secure-user-data",
            Audience = "secure-user-data/cluster",
            Subject = new ClaimsIdentity([new Claim("sub", User.Id), new Claim("kind", kind)]),
            IssuedAt = now,
            NotBefore = now,
            Expires = now + Authentication.Lifetime,
            TokenType = "sud-caller+jwt",
            SigningCredentials = credentials,
        };
        change?.Invoke(token);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
    }
}
