using System.Security.Cryptography;

namespace SecureUserData.Vault;

/// <summary>A key file taken apart, its blocks still encrypted (RFC 7468 §5.2, §11).</summary>
/// <param name="Vault">The vault's id, as the file says.</param>
/// <param name="User">The user's id, as the file says.</param>
/// <param name="Sealing">An EncryptedPrivateKeyInfo in DER.</param>
/// <param name="Signing">Another one.</param>
internal sealed record KeyFileText(string Vault, string User, byte[] Sealing, byte[] Signing)
{
    private const string Label = "ENCRYPTED PRIVATE KEY";
    private const string SealingPurpose = "sealing";
    private const string SigningPurpose = "signing";

    internal static string Format(UserKeys keys, string sealing, string signing) =>
        $"{Lines(keys.Vault, keys.User, SealingPurpose)}{sealing}\n"
        + $"{Lines(keys.Vault, keys.User, SigningPurpose)}{signing}\n";

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is not as
    /// <see cref="Format"/> writes it; only line ends and space around the lines may differ.</exception>
    internal static KeyFileText Parse(string path, string text)
    {
        var rest = text.AsSpan();
        var sealing = Block(path, ref rest, SealingPurpose);
        var signing = Block(path, ref rest, SigningPurpose);
        if (!rest.IsWhiteSpace()) throw Broken(path, "there is something after its keys");
        if ((sealing.Vault, sealing.User) != (signing.Vault, signing.User))
            throw Broken(path, "its keys are of two users");
        return new KeyFileText(sealing.Vault, sealing.User, sealing.Der, signing.Der);
    }

    internal static SecureUserDataException Broken(string path, string why) =>
        SecureUserDataException.Invalid($"{path} is not a whole key file: {why}. Restore it from a copy.");

    private static (string Vault, string User, byte[] Der) Block(
        string path, ref ReadOnlySpan<char> rest, string purpose)
    {
        if (!PemEncoding.TryFind(rest, out var fields) || rest[fields.Label] is not Label)
            throw Broken(path, $"there is no block for {purpose}");
        var names = Names(rest[..fields.Location.Start.Value].ToString(), purpose)
            ?? throw Broken(path, $"its lines before the block for {purpose} are not as they should be");
        var der = Convert.FromBase64String(rest[fields.Base64Data].ToString()); // TryFind has looked at it
        if (!EncryptedKey.IsSupported(der))
            throw Broken(path, $"the block for {purpose} is not encrypted in the way of a key file, with "
                + $"{EncryptedKey.MinIterations} to {EncryptedKey.MaxIterations} rounds");
        rest = rest[fields.Location.End..];
        return (names.Vault, names.User, der);
    }

    private static (string Vault, string User)? Names(string text, string purpose)
    {
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (lines is not [var first, var second, var third]) return null;
        var (vault, user) = (Value(first, "vault"), Value(second, "user"));
        return Value(third, "purpose") == purpose && UserKeys.IsName(vault) && UserKeys.IsName(user)
            ? (vault, user)
            : null;
    }

    /// <summary>What follows a line's name; empty when it has another one.</summary>
    private static string Value(string line, string name) =>
        line.StartsWith($"{name}: ", StringComparison.Ordinal) ? line[(name.Length + 2)..] : "";

    private static string Lines(string vault, string user, string purpose) =>
        $"vault: {vault}\nuser: {user}\npurpose: {purpose}\n";
}
