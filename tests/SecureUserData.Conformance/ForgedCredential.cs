using System.Security.Cryptography;
using System.Text;

namespace SecureUserData.Conformance;

/// <summary>Makes credentials that are written correctly and whose secret is nobody's, from the published form alone:
/// <c>sud_ { kind } _ { id } _ { secret || check }</c>.</summary>
public static class ForgedCredential
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>A credential for the owner of an id.</summary>
    /// <param name="kind">Such as <c>usr</c> or <c>claim</c>.</param>
    /// <param name="owner">The text of the owner's id.</param>
    /// <param name="seed">Tells several apart.</param>
    public static Credential Make(string kind, string owner, int seed = 0)
    {
        var secret = new StringBuilder();
        for (var i = 0; i < 52; i++) secret.Append(Alphabet[(i * 7 + seed) % 32]);
        var text = $"sud_{kind}_{owner[(owner.IndexOf('_') + 1)..]}_{secret}";
        return new Credential(text + Check(text));
    }

    // The first 20 bits of the SHA-256, five to a character.
    private static string Check(string text)
    {
        var hash = SHA256.HashData(Encoding.ASCII.GetBytes(text));
        var bits = (hash[0] << 16) | (hash[1] << 8) | hash[2];
        return string.Concat(Enumerable.Range(0, 4).Select(i => Alphabet[(bits >> (19 - i * 5)) & 31]));
    }
}
