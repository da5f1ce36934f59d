using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using SecureUserData.Access;
using SecureUserData.Applications;
using SecureUserData.Cryptography;

namespace SecureUserData.Cluster.Security;

/// <summary>Signs and verifies the two tokens that calls carry: the caller's, and the silo's when a silo makes the
/// call. They are JSON Web Tokens (RFC 7519) with HMAC-SHA-256 under keys derived from the installation's; algorithm,
/// type, issuer, audience and key id are pinned (RFC 8725).</summary>
internal sealed class CallTokens : IDisposable
{
    private const string Issuer = "secure-user-data";
    private const string Audience = "secure-user-data/cluster";
    private const string CallerType = "sud-caller+jwt";
    private const string SiloType = "sud-silo+jwt";

    /// <summary>Silos' clocks may differ by this much.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RenewAfter = TimeSpan.FromMinutes(1);

    /// <summary>As many verified tokens are remembered; a token costs some 20 µs to verify.</summary>
    private const int Remembered = 50_000;

    // One kind never passes for the other.
    private readonly ConcurrentDictionary<string, Verified> _callers = new();
    private readonly ConcurrentDictionary<string, Verified> _silos = new();
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly SecretKey _callerSecret;
    private readonly SecretKey _siloSecret;
    private readonly SymmetricSecurityKey _callerKey;
    private readonly SymmetricSecurityKey _siloKey;
    private readonly TimeProvider _time;
    private volatile SiloToken? _own;

    internal CallTokens(InstallationKeys keys, TimeProvider time)
    {
        _time = time;
        _callerSecret = keys.Credentials.Derive("call-token", "caller");
        _siloSecret = keys.Credentials.Derive("call-token", "silo");
        _callerKey = new SymmetricSecurityKey(_callerSecret.Buffer) { KeyId = "caller-1" };
        _siloKey = new SymmetricSecurityKey(_siloSecret.Buffer) { KeyId = "silo-1" };
    }

    /// <summary>A token for a caller who has just signed in. It says all that a <see cref="Caller"/> says, the script's
    /// version too, so that nobody has to be asked for it again.</summary>
    internal string Sign(Caller caller) => Sign(_callerKey, CallerType, new ClaimsIdentity(
    [
        new Claim("sub", caller.Id),
        new Claim("kind", caller.Kind.ToString()),
        .. caller.App is { } app ? [new Claim("app", app.ToString())] : Array.Empty<Claim>(),
        .. caller.User is { } user ? [new Claim("usr", user.ToString())] : Array.Empty<Claim>(),
        .. caller.Script is { } script
            ? [
                new Claim("scr", script.ToString()),
                new Claim("ver", caller.ScriptVersion.ToString(CultureInfo.InvariantCulture)),
            ]
            : Array.Empty<Claim>(),
        .. caller.IsOperator ? [new Claim("op", "true")] : Array.Empty<Claim>(),
    ]), _time.GetUtcNow());

    /// <summary>The token of this silo; a new one every minute.</summary>
    internal string Own()
    {
        var now = TimeProvider.System.GetUtcNow();
        if (_own is { } own && now < own.RenewAt && now >= own.RenewAt - RenewAfter) return own.Text;
        own = new SiloToken(Sign(_siloKey, SiloType, new ClaimsIdentity(), now), now + RenewAfter);
        _own = own;
        return own.Text;
    }

    /// <summary>Whether a silo has signed it. That is between machines: it goes by their clocks.</summary>
    internal bool IsSilo(string? token) =>
        token is not null
        && Verify(_silos, token, _siloKey, SiloType, _ => null)?.Until > TimeProvider.System.GetUtcNow();

    /// <summary>The caller that a token was signed for; null when it is not good, or not any more.</summary>
    /// <param name="token">The token.</param>
    /// <param name="mayBeOver">Takes one whose time is over, too.</param>
    internal Caller? Read(string token, bool mayBeOver)
    {
        var verified = Verify(_callers, token, _callerKey, CallerType, Parse);
        return mayBeOver || verified?.Until > _time.GetUtcNow() ? verified?.Caller : null;
    }

    private string Sign(SymmetricSecurityKey key, string type, ClaimsIdentity claims, DateTimeOffset time)
    {
        var now = time.UtcDateTime;
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            Subject = claims,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + Authentication.Lifetime,
            TokenType = type,
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.HmacSha256),
        });
    }

    /// <summary>What a token says that we have signed, whatever the time is.</summary>
    private Verified? Verify(
        ConcurrentDictionary<string, Verified> verified,
        string token,
        SymmetricSecurityKey key,
        string type,
        Func<JsonWebToken, Caller?> parse)
    {
        if (verified.TryGetValue(token, out var known)) return known;
        var result = _handler.ValidateTokenAsync(token, Parameters(key, type)).GetAwaiter().GetResult(); // no waiting
        if (!result.IsValid || result.SecurityToken is not JsonWebToken read) return null;
        if (verified.Count >= Remembered) verified.Clear();
        return verified[token] = new Verified(parse(read), new DateTimeOffset(read.ValidTo, TimeSpan.Zero) + Skew);
    }

    private TokenValidationParameters Parameters(SymmetricSecurityKey key, string type) => new()
    {
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        ValidTypes = [type],
        ValidIssuer = Issuer,
        ValidAudience = Audience,
        IssuerSigningKeyResolver = (_, _, id, _) => id == key.KeyId ? [key] : [],
        RequireExpirationTime = true,
        RequireSignedTokens = true,
        ValidateLifetime = false, // who asks looks at the time
    };

    private static Caller? Parse(JsonWebToken token)
    {
        if (!Enum.TryParse<CallerKind>(Value("kind"), out var kind) || Value("sub") is not { } id) return null;
        return new Caller(
            kind,
            id,
            AppId.TryParse(Value("app"), out var app) ? app : null,
            UserId.TryParse(Value("usr"), out var user) ? user : null,
            ScriptId.TryParse(Value("scr"), out var script) ? script : null,
            Value("ver") is { } version ? int.Parse(version, NumberStyles.None, CultureInfo.InvariantCulture) : 0)
        {
            IsOperator = Value("op") == "true",
        };

        string? Value(string name) => token.TryGetPayloadValue<string>(name, out var value) ? value : null;
    }

    public void Dispose()
    {
        _callerSecret.Dispose();
        _siloSecret.Dispose();
    }

    private sealed record SiloToken(string Text, DateTimeOffset RenewAt);

    private sealed record Verified(Caller? Caller, DateTimeOffset Until);
}
