using System.Globalization;

namespace SecureUserData.Vault;

/// <summary>The tags that a vault's states are found by. They are not hashed: what they say is in the readable part of
/// an item.</summary>
internal static class VaultTags
{
    /// <summary>Everything of a vault: what a rotation of its state key goes over.</summary>
    internal static string All(AppId app) => $"vault/{app}";

    /// <summary>Items of which the oldest seal to a group is to this version of its key.</summary>
    internal static string Sealed(AppId app, VaultGroupId group, int keyVersion) =>
        string.Create(CultureInfo.InvariantCulture, $"{In(app, group)}/{keyVersion}");

    /// <summary>Items whose secret or notes are sealed to a group.</summary>
    internal static string In(AppId app, VaultGroupId group) => $"{All(app)}/in/{group}";

    /// <summary>Items that name another one.</summary>
    internal static string Naming(AppId app, VaultItemId item) => $"{All(app)}/of/{item}";
}
