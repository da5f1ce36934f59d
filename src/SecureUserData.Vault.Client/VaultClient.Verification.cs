using System.Security.Cryptography;
using SecureUserData.Vault.Items;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault;

// What is believed of what the server shows.
public sealed partial class VaultClient
{
    /// <summary>An item whose record was signed by who might, on the chain that this client has seen.</summary>
    private async Task<SeenItem> VerifiedAsync(VaultItemId id, VaultItemView view)
    {
        if (view is not { Record: { Body: not null, Signature: not null }, Sealed: not null } || view.Id != id)
            throw SecureUserDataException.Tampered($"{id}");
        var record = Trusted(() => ItemRecord.Read(view.Record.Body), id);
        if (record.Vault != _trust.Vault || record.Item != id) throw SecureUserDataException.Tampered($"{id}");
        var hash = ItemRecord.HashOf(view.Record.Body);
        if (_trust.IsNew(id, record.Version, record.Previous, hash))
        {
            var then = await SignedAsync(view.Record, record.Signer, record.Known, id);
            if (record.Version > 1 && record.Content.Groups.Length > 0
                && !then.IsInOneOf(record.Signer, record.Content.Groups) && !then.IsAdministrator(record.Signer))
                throw SecureUserDataException.Tampered($"{id}");
            _trust.Saw(id, record.Version, hash);
            _trust.SignedAt(record.At);
        }
        if (record.Content.IsRemoved) return new SeenItem(record, view);
        _trust.CheckNewest(id, VaultTextKind.Secret, view.SecretVersion);
        _trust.CheckNewest(id, VaultTextKind.Notes, view.NotesVersion);
        return new SeenItem(record, view);
    }

    /// <summary>What is said of a version of a secret or of notes, by who might.</summary>
    private async Task<SealedText> VerifiedAsync(SeenItem item, VaultTextKind kind, Signed signed)
    {
        var text = Trusted(() => SealedText.Read(signed.Body), item.Id);
        if (signed.Signature is null || text.Vault != _trust.Vault || text.Item != item.Id || text.Kind != kind)
            throw SecureUserDataException.Tampered($"{item.Id}");
        var then = await SignedAsync(signed, text.Signer, text.Known, item.Id);
        if (text.Version > 1 && !then.IsInOneOf(text.Signer, item.Content.Groups.Concat(item.Content.FormerGroups)))
            throw SecureUserDataException.Tampered($"{item.Id}");
        _trust.SawText(item.Id, kind, text.Version, SHA256.HashData(signed.Body));
        return text;
    }

    /// <summary>Demands a signature by somebody who was in the vault, as far as the signer knew.</summary>
    /// <returns>The users and groups that the signer knew.</returns>
    private async Task<LedgerState> SignedAsync(Signed signed, VaultUserId signer, VaultHead known, VaultItemId id)
    {
        if (_trust.IsBehind(known)) await RefreshAsync();
        var then = _trust.At(known);
        if (then.Active(signer)?.Keys is not { } keys) throw SecureUserDataException.Tampered($"{id}");
        _signatures.Demand(keys.Signing, signed.Body, signed.Signature, $"{id}");
        return then;
    }

    private async Task<OpenedSeal> OpenAsync(SeenItem item, VaultTextKind kind, long version)
    {
        var handed = await ItemAsync(item.Id, there => there.GetTextAsync(kind, version));
        if (handed is not { Text: not null, Ciphertext: not null, Seals: not null })
            throw SecureUserDataException.Tampered($"{item.Id}");
        var text = await VerifiedAsync(item, kind, handed.Text);
        if (version == 0) _trust.CheckNewest(item.Id, kind, text.Version);
        if ((version != 0 && text.Version != version)
            || !SHA256.HashData(handed.Ciphertext).AsSpan().SequenceEqual(text.Digest))
            throw SecureUserDataException.Tampered($"{item.Id}");
        var seals = handed.Seals
            .Select(signed => (Signed: signed, Seal: Trusted(() => Seal.Read(signed.Body), item.Id))).ToList();
        foreach (var (signed, seal) in seals)
        {
            if (seal.Vault != _trust.Vault || seal.Purpose != (SealPurpose)kind || seal.Subject != $"{item.Id}"
                || seal.Version != text.Version || !item.Content.Groups.Contains(seal.Group))
                throw SecureUserDataException.Tampered($"{item.Id}");
            await SignedAsync(signed, seal.Signer, seal.Known, item.Id);
            if (await _groupKeys.FindAsync(seal.Group, seal.KeyVersion) is not { } groupKey) continue;
            var key = TextKey.From(Hpke.Open(groupKey, seal.Info(), seal.Binding(groupKey.PublicKey), seal.Bytes));
            using (var access = key.AccessKey())
                if (access.PublicKey.SequenceEqual(text.AccessKey))
                    return new OpenedSeal(text, key, handed.Ciphertext)
                    {
                        Seals = [.. seals.Select(
                            other => new VaultKeyVersion(other.Seal.Group, other.Seal.KeyVersion))],
                    };
            key.Dispose();
            throw new SecureUserDataException(
                ErrorCode.Tampered,
                $"What is sealed to {seal.Group} is not the key of {item.Id}: have it sealed again by another group.");
        }
        throw GroupKeyRing.Missing();
    }

    private static T Trusted<T>(Func<T> read, VaultItemId id)
    {
        try
        {
            return read();
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.Invalid)
        {
            throw SecureUserDataException.Tampered($"{id}");
        }
    }

    /// <summary>A version of a text, and its key.</summary>
    private sealed record OpenedSeal(SealedText Text, TextKey Key, byte[] Ciphertext)
    {
        internal required IReadOnlyList<VaultKeyVersion> Seals { get; init; }

        internal int SealedTo(VaultGroupId group) =>
            Seals.Where(seal => seal.Group == group).Select(seal => seal.Version).FirstOrDefault();
    }
}
