using System.Globalization;
using SecureUserData.Entities;
using SecureUserData.Ports;

namespace SecureUserData.Vault;

/// <summary>Where signed things of a vault lie that are many: a part of its acts, or the seals of one group's
/// keys.</summary>
public class VaultShelf : ApplicationEntity<VaultShelfState>, IVaultShelf, IVaultShelfInternals
{
    private readonly VaultShelfId _id;

    /// <summary>Makes an activation.</summary>
    public VaultShelf(VaultShelfId id, IStateSlot slot, IEntityContext context, DomainServices services)
        : base(id, slot, context, services, StateJson.Default.VaultShelfState) => _id = id;

    /// <inheritdoc/>
    public async Task PutAsync(IReadOnlyList<Shelved> items)
    {
        var state = State ?? new VaultShelfState { App = _id.Vault.App };
        await SaveAsync(state with
        {
            Items = state.Items.SetItems(items.Select(item => KeyValuePair.Create(item.Name, item.Signed))),
        });
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Shelved>> ListAsync() => Task.FromResult<IReadOnlyList<Shelved>>(
        State is null ? [] : [.. State.Items.Select(item => new Shelved(item.Key, item.Value))]);

    private protected override IReadOnlyList<string> Tags(VaultShelfState state) => [VaultTags.All(state.App)];
}

/// <summary>A shelf; nobody but its vault calls it.</summary>
public interface IVaultShelf : IEntity;

/// <summary>Names a shelf: <c>vault/app_…/acts/{ number }</c> or <c>vault/app_…/keys/vgrp_…</c>.</summary>
/// <param name="Vault">The vault.</param>
/// <param name="Name">The rest.</param>
public readonly record struct VaultShelfId(VaultId Vault, string Name) : IEntityId<IVaultShelf>
{
    /// <summary>Acts on one shelf.</summary>
    internal const int Acts = 64;

    private const string ActsPrefix = "acts/";
    private const string KeysPrefix = "keys/";

    internal static VaultShelfId OfActs(VaultId vault, long sequence) =>
        new(vault, string.Create(CultureInfo.InvariantCulture, $"{ActsPrefix}{(sequence - 1) / Acts}"));

    internal static VaultShelfId OfKeys(VaultId vault, VaultGroupId group) => new(vault, $"{KeysPrefix}{group}");

    /// <summary>Reads the text of an id; false when it is not one.</summary>
    public static bool TryParse(string? text, out VaultShelfId id)
    {
        id = default;
        if (text?.Split('/') is not ["vault", var app, var kind, var rest]
            || !VaultId.TryParse($"vault/{app}", out var vault))
            return false;
        var ok = kind switch
        {
            "acts" => long.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number.ToString(CultureInfo.InvariantCulture) == rest,
            "keys" => VaultGroupId.TryParse(rest, out _),
            _ => false,
        };
        if (ok) id = new(vault, $"{kind}/{rest}");
        return ok;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Vault}/{Name}";
}

/// <summary>What a vault asks of a shelf.</summary>
public interface IVaultShelfInternals : IEntityInternals
{
    /// <summary>Puts things there, in the place of those of the same name.</summary>
    Task PutAsync(IReadOnlyList<Shelved> items);

    /// <summary>All that lies there, in the order of the names.</summary>
    Task<IReadOnlyList<Shelved>> ListAsync();
}

/// <summary>A thing on a shelf.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Signed">The thing.</param>
public sealed record Shelved(string Name, Signed Signed);
