using System.Security.Cryptography;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault.Items;

/// <summary>The rules of items: who may change what. Whether the items that a record names are there, and whether
/// others name it, is checked where they are kept.</summary>
/// <param name="ledger">The vault's users and groups, or those that the change concerns.</param>
/// <param name="id">The item.</param>
/// <param name="signatures">Verifies.</param>
public sealed partial class ItemRules(LedgerState ledger, VaultItemId id, Signatures signatures)
{
    /// <summary>Takes a change.</summary>
    /// <param name="item">The item before it; null if there is none.</param>
    /// <param name="change">The change.</param>
    /// <param name="signer">Who has to have signed all of it; null for whoever has.</param>
    /// <returns>The item after it.</returns>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when it does not follow the newest
    /// version; <see cref="ErrorCode.Tampered"/> when a signature does not verify; <see cref="ErrorCode.Denied"/> when
    /// the signer may not do it; <see cref="ErrorCode.Invalid"/> when it cannot be done.</exception>
    public KeptItem Apply(KeptItem? item, VaultItemChange change, VaultUserId? signer)
    {
        ArgumentNullException.ThrowIfNull(change);
        var before = item is null ? null : ItemRecord.Read(item.Record.Body);
        if (before?.Content.IsRemoved == true)
            throw new SecureUserDataException(ErrorCode.NotFound, "This item was taken out of the vault.");
        var by = Signer(change, signer);
        var after = before;
        if (change.Record is { } signed)
        {
            after = ItemRecord.Read(signed.Body);
            CheckPlace(signed, after, item, before);
            CheckContent(after.Content);
            DemandMayPut(before?.Content, after.Content, by);
            DemandProofs(item, before, after, change);
            item = item is null ? new KeptItem(signed) : item with { Record = signed };
        }
        if (item is null || after is null)
            throw new SecureUserDataException(ErrorCode.NotFound, "There is no such item in this vault.");
        if (after.Content.IsRemoved) return item with { Texts = [] };
        if (before is not null && (change.Texts.Count > 0 || change.Seals.Count > 0))
            DemandReader(before.Content, by, "change what is sealed in it");
        item = item with { Texts = Texts(item, after.Content, before is null, change) };
        return item with { Texts = Sealed(item, after.Content, change.Seals) };
    }

    /// <summary>Everything in a change is signed by one user, who is in the vault.</summary>
    private VaultUserId Signer(VaultItemChange change, VaultUserId? demanded)
    {
        var all = new List<(Signed Signed, VaultUserId Signer, VaultHead Known)>();
        if (change.Record is { } record && ItemRecord.Read(record.Body) is var put)
            all.Add((record, put.Signer, put.Known));
        foreach (var text in change.Texts)
            if (SealedText.Read(text.Text.Body) is var said) all.Add((text.Text, said.Signer, said.Known));
        foreach (var signed in change.Seals)
            if (Seal.Read(signed.Body) is var seal) all.Add((signed, seal.Signer, seal.Known));
        if (all.Count == 0) throw SecureUserDataException.Invalid("The change is empty: sign what is to be stored.");
        var signer = demanded ?? all[0].Signer;
        var key = ledger.Active(signer)?.Keys!.Signing
            ?? throw SecureUserDataException.Denied("Who signed this is no user of the vault, or not any more.");
        foreach (var (signed, by, known) in all)
        {
            if (by != signer)
                throw SecureUserDataException.Denied("Everybody signs for himself: sign in as the signer.");
            if (known.Sequence < 1 || known.Sequence > ledger.Head.Sequence
                || (known.Sequence == ledger.Head.Sequence && !known.IsSame(ledger.Head)))
                throw SecureUserDataException.Conflict("The signer knows an act that is not here: look again.");
            signatures.Demand(key, signed.Body, signed.Signature, $"{id}");
        }
        return signer;
    }

    private void CheckPlace(Signed signed, ItemRecord record, KeptItem? item, ItemRecord? before)
    {
        if (signed.Body.Length > VaultLimits.SignedBytes)
            throw SecureUserDataException.Invalid("The record is too long: shorten its texts.");
        if (record.Vault != ledger.Vault || record.Item != id)
            throw SecureUserDataException.Invalid("That was signed for another item.");
        if (record.Version != (before?.Version ?? 0) + 1
            || !record.Previous.AsSpan().SequenceEqual(
                item is null ? ItemRecord.None : ItemRecord.HashOf(item.Record.Body)))
            throw SecureUserDataException.Conflict("Somebody else has changed this item meanwhile: look again.");
    }

    private void DemandMayPut(ItemContent? before, ItemContent after, VaultUserId by)
    {
        foreach (var group in after.Groups) ledger.Group(group);
        if (before is null)
        {
            if (after.IsRemoved) throw SecureUserDataException.Invalid("An item begins before it ends.");
            if (after.FormerGroups.Length > 0)
                throw SecureUserDataException.Invalid("What is new was in no groups before.");
            return;
        }
        if (!after.FormerGroups.SequenceEqual(before.In(after.Groups).FormerGroups))
            throw SecureUserDataException.Invalid("The record names the groups that it was in before: all of them.");
        if (after.IsRemoved)
        {
            if (ledger.IsAdministrator(by)) return;
            if (id.Kind != VaultItemKind.Service || !before.Groups.All(group => IsAdministratedBy(group, by)))
                throw SecureUserDataException.Denied(id.Kind == VaultItemKind.Service
                    ? "Only a global administrator, or an administrator of all its groups, may delete a service."
                    : "Only a global administrator may delete a customer or a machine.");
            return;
        }
        var removed = before.Groups.Except(after.Groups).ToList();
        if (removed.Any(group => !IsAdministratedBy(group, by)) && !ledger.IsAdministrator(by))
            throw SecureUserDataException.Denied(
                "Only an administrator of the group, or a global one, may take something out of it.");
        // What others believe is signed by who is in one of its groups, before and after; a global administrator may
        // take it out of groups, and change nothing else.
        if (removed.Count > 0 && ledger.IsAdministrator(by) && after.IsSame(before.In(after.Groups))
            && !after.Groups.Except(before.Groups).Any())
            return;
        DemandReader(before, by, "change it");
        DemandReader(after, by, "change it");
    }

    /// <summary>Groups are added, and texts are replaced, by who has read what is there: the server cannot see whether
    /// a seal is junk, but it can see this.</summary>
    private void DemandProofs(KeptItem? item, ItemRecord? before, ItemRecord after, VaultItemChange change)
    {
        if (item is null || !after.Content.Groups.Except(before!.Content.Groups).Any()) return;
        foreach (var kind in Enum.GetValues<VaultTextKind>())
            if (item.Newest(kind) is { } newest) DemandProof(newest, change, change.Record!.Body);
    }

    private void DemandProof(KeptText newest, VaultItemChange change, byte[] body)
    {
        var key = SealedText.Read(newest.Text.Body).AccessKey;
        if (!change.Proofs.Any(proof => proof.Kind == newest.Kind && signatures.Verify(key, body, proof.Signature)))
            throw SecureUserDataException.Denied(
                "Only who has read what is sealed there may replace it or hand it on: read it first.");
    }

    private void DemandReader(ItemContent content, VaultUserId by, string what)
    {
        if (content.Groups.Length == 0 || ledger.IsInOneOf(by, content.Groups)) return;
        throw SecureUserDataException.Denied($"Only a member of one of its groups may {what}.");
    }

    private bool IsAdministratedBy(VaultGroupId group, VaultUserId user) =>
        ledger.Active(user) is not null
        && ledger.Groups.GetValueOrDefault(group) is { } there && (there.IsRemoved || there.IsAdministratedBy(user));

    private static byte[] Digest(byte[] ciphertext) => SHA256.HashData(ciphertext);
}
