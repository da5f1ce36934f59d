using System.Collections.Immutable;
using System.Globalization;
using SecureUserData.Access;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault;

// What has to do with items.
public partial class VaultDirectory
{
    /// <inheritdoc/>
    public Task<VaultHead> AppendItemAsync(Signed act)
    {
        var state = Demand();
        var read = SignedAct.Read(act.Body);
        var ledger = state.Ledger;
        return read.After.IsSame(ledger.Head)
            ? AppendAsync(
                state with { Ledger = ledger with { Head = SignedAct.Next(ledger.Head, act.Body), At = read.At } },
                act,
                read.Act,
                [])
            : throw SecureUserDataException.Conflict(
                "Somebody else has changed the vault meanwhile: look again, and sign anew.");
    }

    /// <inheritdoc/>
    public Task<LedgerState> ExcerptAsync(IReadOnlyList<VaultUserId> users, IReadOnlyList<VaultGroupId> groups)
    {
        var ledger = (State ?? throw SecureUserDataException.NotFound("vault")).Ledger;
        return Task.FromResult(ledger with
        {
            Users = Of(ledger.Users, users),
            Groups = Of(ledger.Groups, groups),
        });
    }

    private static ImmutableDictionary<TId, T> Of<TId, T>(
        ImmutableDictionary<TId, T> all, IEnumerable<TId> ids)
        where TId : notnull =>
        ids.Distinct().Where(all.ContainsKey).ToImmutableDictionary(id => id, id => all[id]);

    /// <inheritdoc/>
    public async Task<Page<VaultItemId>> ListStaleAsync(VaultGroupId group, string? cursor = null, int limit = 100)
    {
        var state = Demand();
        Active(state);
        Names.CheckLimit(limit);
        var items = new List<VaultItemId>();
        var (version, after) = Cursor(cursor);
        for (; version < state.Ledger.Group(group).KeyVersion; (version, after) = (version + 1, null))
        {
            var found = await Services.Ports.States.FindIdsAsync(
                VaultTags.Sealed(_id.App, group, version), after, limit - items.Count);
            items.AddRange(found.Select(VaultItemId.Parse));
            if (items.Count == limit)
                return new Page<VaultItemId>(
                    items, string.Create(CultureInfo.InvariantCulture, $"{version}:{items[^1]}"));
        }
        return new Page<VaultItemId>(items, null);
    }

    private static (int Version, string? After) Cursor(string? cursor) => cursor?.Split(':') switch
    {
        null => (1, null),
        [var version, var item] when VaultItemId.TryParse(item, out _)
            && int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => (number, item),
        _ => throw SecureUserDataException.Invalid("That is no cursor: pass the one of the page before."),
    };
}
