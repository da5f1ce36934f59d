using System.Security.Cryptography;
using System.Text;
using SecureUserData.Applications;
using SecureUserData.Cryptography;

namespace SecureUserData.Access;

/// <summary>The text of a credential, <c>sud_ { kind } _ { id } _ { secret || check }</c>: the id without its own
/// prefix, the secret 52 characters for 256 random bits, the check 4 characters over all before them, so that a typing
/// error is told from a wrong credential.</summary>
/// <param name="Kind">Whose it is.</param>
/// <param name="IsClaim">Whether it is a one-time claim code.</param>
/// <param name="Owner">The text of the owner's id.</param>
/// <param name="Secret">The secret part.</param>
internal sealed record CredentialText(CallerKind Kind, bool IsClaim, string Owner, string Secret)
{
    private const int SecretLength = 52;
    private const int CheckLength = 4;

    private static readonly (string Tag, string Prefix, CallerKind Kind, bool IsClaim)[] Kinds =
    [
        ("app", "app_", CallerKind.Application, false),
        ("usr", "usr_", CallerKind.User, false),
        ("scr", "scr_", CallerKind.Script, false),
        ("op", "op_", CallerKind.Operator, false),
        ("claim", "usr_", CallerKind.User, true),
    ];

    /// <summary>Makes a fresh credential.</summary>
    internal static (Credential Credential, byte[] Verifier) Mint(
        CallerKind kind, string owner, InstallationKeys keys, bool claim = false)
    {
        Span<byte> random = stackalloc byte[SecretKey.Length];
        RandomNumberGenerator.Fill(random);
        var secret = Base32.Encode(random); // a string, which cannot be zeroed: it is on its way out
        var (tag, prefix, _, _) = Kinds.Single(k => k.Kind == kind && k.IsClaim == claim);
        var text = $"sud_{tag}_{owner[prefix.Length..]}_{secret}";
        return (new Credential(text + Check(text)), Verifier(new(kind, claim, owner, secret), keys));
    }

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is not a
    /// credential.</exception>
    internal static CredentialText Parse(Credential credential)
    {
        var text = credential.Reveal().Trim();
        var parts = text.Split('_');
        if (parts.Length == 4 && parts[0] == "sud" && parts[3].Length == SecretLength + CheckLength)
            foreach (var (tag, prefix, kind, isClaim) in Kinds)
                if (parts[1] == tag
                    && IdText.TryParse(prefix + parts[2], prefix, out _)
                    && Check(text[..^CheckLength]) == text[^CheckLength..])
                    return new(kind, isClaim, prefix + parts[2], parts[3][..SecretLength]);
        throw SecureUserDataException.Invalid(
            "That is not a credential, or it is mistyped: it reads sud_…_…_… and is copied as a whole.");
    }

    /// <summary>What is stored instead of the secret: <c>HMAC(installation's credential key, kind, owner, secret)</c>.
    /// </summary>
    internal static byte[] Verifier(CredentialText text, InstallationKeys keys) => keys.Credentials.Mac(
        Encoding.ASCII.GetBytes($"{(text.IsClaim ? "claim" : "credential")}\0{text.Owner}\0{text.Secret}"));

    /// <summary>Compares in constant time; no verifier matches nothing.</summary>
    internal bool Matches(byte[]? verifier, InstallationKeys keys) =>
        verifier is not null && CryptographicOperations.FixedTimeEquals(verifier, Verifier(this, keys));

    private static string Check(string text) =>
        Base32.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(text)))[..CheckLength];

    public override string ToString() => "(credential, hidden)";
}
