using System.Security.Cryptography;
using System.Text;

namespace SecureUserData.Cli.Keys;

/// <summary>Where <c>sud</c> keeps what belongs to the person at the keyboard: <c>$XDG_CONFIG_HOME/sud</c>, otherwise
/// <c>~/.config/sud</c> (XDG Base Directory Specification).</summary>
internal static class ConfigurationFolder
{
    internal static string CredentialsFile(Surroundings around, string folder) =>
        Path.Combine(Of(around), "credentials", $"{Key(folder)}.json");

    internal static string KeyFile(Surroundings around, string folder) =>
        Path.Combine(Of(around), "keys", $"{Key(folder)}.key");

    /// <summary>The keys of the users of vaults, and what was seen of those.</summary>
    internal static string VaultFolder(Surroundings around, string folder) =>
        Path.Combine(Of(around), "vault", Key(folder));

    private static string Of(Surroundings around) => Path.Combine(
        // the specification: a relative path is to be ignored
        around.Variable("XDG_CONFIG_HOME") is { Length: > 0 } set && Path.IsPathRooted(set)
            ? set
            : Path.Combine(around.Home, ".config"),
        "sud");

    /// <summary>One data folder's part of a file name: readable, and different for different full paths.</summary>
    private static string Key(string folder)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder))[..10]);
        return $"{Slug.Of(Path.GetFileName(folder), "data")}-{hash}";
    }
}
