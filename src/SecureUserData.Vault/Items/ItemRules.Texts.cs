using System.Collections.Immutable;

namespace SecureUserData.Vault.Items;

// What is sealed, and to whom.
public sealed partial class ItemRules
{
    private const int NonceAndTag = 12 + 16;

    private ImmutableArray<KeptText> Texts(KeptItem item, ItemContent content, bool isNew, VaultItemChange change)
    {
        var texts = item.Texts;
        foreach (var added in change.Texts)
        {
            var text = SealedText.Read(added.Text.Body);
            var newest = item.Newest(text.Kind);
            if (text.Vault != ledger.Vault || text.Item != id)
                throw SecureUserDataException.Invalid("That was signed for another item.");
            if (text.Kind == VaultTextKind.Secret && id.Kind != VaultItemKind.Service)
                throw SecureUserDataException.Invalid("Only a service has a secret: write notes.");
            if (text.Version != (newest?.Version ?? 0) + 1 || texts.Any(other =>
                other.Kind == text.Kind && other.Version >= text.Version))
                throw SecureUserDataException.Conflict("Somebody else has changed this meanwhile: look again.");
            if (added.Ciphertext.Length is < NonceAndTag or > VaultLimits.SecretBytes + NonceAndTag)
                throw SecureUserDataException.Invalid(
                    $"A secret, or notes, has at most {VaultLimits.SecretBytes} bytes: shorten it.");
            if (!Digest(added.Ciphertext).AsSpan().SequenceEqual(text.Digest))
                throw SecureUserDataException.Tampered($"what was sent for {id}");
            VerifyingKey.From(text.AccessKey).Dispose();
            if (content.Groups.Length == 0)
                throw SecureUserDataException.Invalid("Nobody could read it: name a group that may.");
            if (!isNew && newest is not null) DemandProof(newest, change, added.Text.Body);
            texts = texts.Add(new KeptText(text.Kind, text.Version, added.Text, added.Ciphertext));
        }
        return [.. texts.Where(text => text.Version > Oldest(text.Kind))];

        long Oldest(VaultTextKind kind) =>
            texts.Where(text => text.Kind == kind).Select(text => text.Version).DefaultIfEmpty().Max()
            - (kind == VaultTextKind.Secret ? VaultLimits.SecretVersions : 1);
    }

    /// <summary>Each text has a seal for each of the item's groups, and for no other: a new one is to the key that the
    /// group has now, and takes the place of one to an older key.</summary>
    private ImmutableArray<KeptText> Sealed(KeptItem item, ItemContent content, IReadOnlyList<Signed> added)
    {
        var fresh = added.Select(signed => (Seal: Seal.Read(signed.Body), signed)).ToList();
        foreach (var (seal, _) in fresh) CheckSeal(item, content, seal);
        if (fresh.DistinctBy(seal => (seal.Seal.Purpose, seal.Seal.Version, seal.Seal.Group)).Count() != fresh.Count)
            throw SecureUserDataException.Invalid("A seal is there twice: send each once.");
        return [.. item.Texts.Select(text =>
        {
            var seals = text.Seals.Where(seal => content.Groups.Contains(seal.Group)).ToList();
            foreach (var (seal, signed) in fresh)
            {
                if ((VaultTextKind)seal.Purpose != text.Kind || seal.Version != text.Version) continue;
                if (seals.FirstOrDefault(other => other.Group == seal.Group) is { } old)
                {
                    if (old.KeyVersion >= seal.KeyVersion)
                        throw SecureUserDataException.Conflict("It is sealed to the group's newest key already.");
                    seals.Remove(old);
                }
                seals.Add(new KeptSeal(seal.Group, seal.KeyVersion, signed));
            }
            if (seals.Count != content.Groups.Length)
                throw SecureUserDataException.Invalid(
                    "A group could not read it: send a seal for each group and each version that is kept.");
            return text with { Seals = [.. seals.OrderBy(seal => $"{seal.Group}", StringComparer.Ordinal)] };
        })];
    }

    private void CheckSeal(KeptItem item, ItemContent content, Seal seal)
    {
        if (seal.Vault != ledger.Vault || seal.Subject != $"{id}" || seal.Purpose == SealPurpose.GroupKey
            || !item.Texts.Any(text => text.Kind == (VaultTextKind)seal.Purpose && text.Version == seal.Version))
            throw SecureUserDataException.Invalid("That was sealed for something else.");
        if (!content.Groups.Contains(seal.Group))
            throw SecureUserDataException.Invalid("That was sealed for a group which this is not in.");
        if (seal.KeyVersion != ledger.Group(seal.Group).KeyVersion)
            throw SecureUserDataException.Conflict("The group has a newer key by now: seal it to that one.");
    }
}
