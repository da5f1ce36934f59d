using System.Text;
using SecureUserData.Cli.Console;
using SecureUserData.Vault;
using SecureUserData.Vault.Items;

namespace SecureUserData.Cli.Vault;

/// <summary>Items as they are shown.</summary>
internal static class ItemText
{
    internal static object Json(LedgerItem item, byte[]? notes) => new
    {
        Id = $"{item.Id}",
        item.Content.Name,
        Customer = Id(item.Content.Customer),
        Machine = Id(item.Content.Machine),
        Parent = Id(item.Content.Parent),
        item.Content.Url,
        item.Content.Fqdn,
        item.Content.Ip,
        item.Content.Location,
        item.Content.Metadata,
        Groups = item.Content.Groups.Select(group => $"{group}"),
        item.Sequence,
        SecretVersion = item.Newest(VaultTextKind.Secret)?.Version ?? 0,
        NotesVersion = item.Newest(VaultTextKind.Notes)?.Version ?? 0,
        Notes = notes is null ? null : Encoding.UTF8.GetString(notes),
    };

    internal static IEnumerable<(string Name, string? Value)> Details(
        LedgerItem item, IReadOnlyDictionary<VaultGroupId, string> groups)
    {
        var content = item.Content;
        yield return ($"{item.Id.Kind}", content.Name);
        yield return ("Id", $"{item.Id}");
        yield return ("Customer", Id(content.Customer));
        yield return ("Machine", Id(content.Machine));
        yield return ("Reached through", Id(content.Parent));
        yield return ("URL", Some(content.Url));
        yield return ("Domain name", Some(content.Fqdn));
        yield return ("IP address", Some(content.Ip));
        yield return ("Location", Some(content.Location));
        foreach (var (key, value) in content.Metadata) yield return (key, value);
        yield return ("Groups", Some(Groups(item, groups)));
        yield return ("Changed", $"{Output.Time(item.At)}, by act {item.Sequence} of the vault");
        yield return ("Notes", item.Newest(VaultTextKind.Notes) is null ? null : "there are some: --notes opens them");
    }

    /// <summary>What tells it from others of its name, on one line.</summary>
    internal static string More(LedgerItem item, IReadOnlyDictionary<VaultGroupId, string> groups) => string.Join(", ",
        new[] { item.Content.Url, item.Content.Fqdn, item.Content.Ip, item.Content.Location, Groups(item, groups) }
            .Where(text => text.Length > 0));

    /// <summary>What was sealed, line by line.</summary>
    internal static void Print(Run run, byte[] text)
    {
        foreach (var line in Encoding.UTF8.GetString(text).Split('\n')) run.Out.Line($"  {line.TrimEnd('\r')}");
    }

    /// <summary>The names of its groups; the id of one whose name is hidden.</summary>
    internal static string Groups(LedgerItem item, IReadOnlyDictionary<VaultGroupId, string> groups) =>
        string.Join(", ", item.Content.Groups.Select(group => groups.GetValueOrDefault(group) ?? $"{group}"));

    private static string? Id(VaultItemId? id) => id is null ? null : $"{id}";

    private static string? Some(string text) => text.Length == 0 ? null : text;
}
