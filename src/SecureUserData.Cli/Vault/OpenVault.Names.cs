using System.Text;
using SecureUserData.Vault;
using SecureUserData.Vault.Items;

namespace SecureUserData.Cli.Vault;

// Who and what is meant: an id or an exact name.
internal sealed partial class OpenVault
{
    private Dictionary<VaultGroupId, string>? _groups;

    internal VaultUserId User(string text) =>
        VaultUserId.TryParse(text, out var id) && Ledger.Users.GetValueOrDefault(id) is { IsRemoved: false }
            ? id
            : One("user", text, [.. Ledger.Users.Where(user => !user.Value.IsRemoved && user.Value.Name == Form(text))
                .Select(user => user.Key)]);

    internal async Task<VaultGroupId> GroupAsync(string text) =>
        VaultGroupId.TryParse(text, out var id) && Ledger.Groups.GetValueOrDefault(id) is { IsRemoved: false }
            ? id
            : One("group", text, [.. (await GroupNamesAsync()).Where(group => group.Value == Form(text))
                .Select(group => group.Key)]);

    internal async Task<LedgerItem> ItemAsync(VaultItemKind kind, string text)
    {
        var what = Word(kind);
        if (VaultItemId.TryParse(text, out var id))
        {
            if (id.Kind != kind) throw new UsageException($"{id} is not the id of a {what}.");
            return await Client.GetAsync(id) is { Content.IsRemoved: false } there
                ? there
                : throw new CommandException($"The {what} {id} was taken out of the vault.");
        }
        var named = (await Client.ListAsync(kind)).Where(item => item.Content.Name == text).ToList();
        var one = One(what, text, [.. named.Select(item => item.Id)]);
        return named.Single(item => item.Id == one);
    }

    /// <summary>The groups whose names this user may know.</summary>
    internal async Task<IReadOnlyDictionary<VaultGroupId, string>> GroupNamesAsync() =>
        _groups ??= (await Client.ListGroupsAsync()).ToDictionary(group => group.Group, group => group.Name);

    /// <summary>A group's name; its id where the name is hidden.</summary>
    internal async Task<string> GroupNameAsync(VaultGroupId group) =>
        (await GroupNamesAsync()).GetValueOrDefault(group) ?? $"{group}";

    /// <summary>A user's name, and whether the user is there no more.</summary>
    internal string UserName(VaultUserId user) => Ledger.Users.GetValueOrDefault(user) switch
    {
        null => $"{user}",
        { IsRemoved: true } there => $"{there.Name} (removed)",
        var there => there.Name,
    };

    internal static string Word(VaultItemKind kind) => kind switch
    {
        VaultItemKind.Customer => "customer",
        VaultItemKind.Machine => "machine",
        VaultItemKind.Service => "service",
    };

    private static string Form(string text) => text.Normalize(NormalizationForm.FormC);

    private static T One<T>(string what, string text, IReadOnlyList<T> named) => named switch
    {
        [var only] => only,
        [] => throw new UsageException(
            $"There is no {what} '{text}' here that you may see: 'sud vault {what}-list' lists them."),
        _ => throw new UsageException(
            $"Several {what}s are named '{text}': give the id, one of {string.Join(", ", named)}."),
    };
}
