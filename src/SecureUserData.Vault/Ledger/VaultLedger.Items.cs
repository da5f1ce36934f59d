using System.Collections.Immutable;
using SecureUserData.Vault.Items;

namespace SecureUserData.Vault.Ledger;

// The acts that change items.
public static partial class VaultLedger
{
    private static LedgerState Put(LedgerState state, SignedAct act, PutItem put, Signatures signatures)
    {
        var before = state.Items.GetValueOrDefault(put.Item);
        if (before is { Content.IsRemoved: true })
            throw new SecureUserDataException(ErrorCode.NotFound, "This item was taken out of the vault.");
        var content = put.Content ?? before?.Content
            ?? throw new SecureUserDataException(ErrorCode.NotFound, "There is no such item in this vault.");
        if (put.Content is null && put.Texts.IsEmpty)
            throw SecureUserDataException.Invalid("The act changes nothing: sign what is to be stored.");
        if (put.Content is not null)
        {
            ContentRules.Check(put.Item, content);
            foreach (var group in content.Groups) state.Group(group);
            DemandMayPut(state, put.Item, before?.Content, content, act.Signer);
        }
        if (before is not null) DemandHasRead(state, act, put, before, content, signatures);
        var item = new LedgerItem(put.Item, content)
        {
            Sequence = act.After.Sequence + 1, At = act.At, By = act.Signer, Texts = Texts(act, put, before, content),
        };
        return state with { Items = state.Items.SetItem(put.Item, item) };
    }

    private static void DemandMayPut(
        LedgerState state, VaultItemId id, ItemContent? before, ItemContent after, VaultUserId by)
    {
        if (before is null)
        {
            if (after.IsRemoved) throw SecureUserDataException.Invalid("An item begins before it ends.");
            return;
        }
        if (after.IsRemoved)
        {
            if (state.IsAdministrator(by)) return;
            if (id.Kind != VaultItemKind.Service || !before.Groups.All(group => IsAdministratedBy(state, group, by)))
                throw SecureUserDataException.Denied(id.Kind == VaultItemKind.Service
                    ? "Only a global administrator, or an administrator of all its groups, may delete a service."
                    : "Only a global administrator may delete a customer or a machine.");
            return;
        }
        var left = before.Groups.Except(after.Groups).ToList();
        if (left.Any(group => !IsAdministratedBy(state, group, by)) && !state.IsAdministrator(by))
            throw SecureUserDataException.Denied(
                "Only an administrator of the group, or a global one, may take something out of it.");
        // Who may take it out of groups may do that without reading it, and change nothing else.
        if (left.Count > 0 && after.IsSame(before.In(before.Groups.Except(left)))) return;
        DemandReader(state, before, by, "change it");
    }

    /// <summary>Texts are replaced, and groups are added, by who has read what is there: nobody can see whether a seal
    /// is junk who has no key to it, but everybody can see this.</summary>
    private static void DemandHasRead(
        LedgerState state, SignedAct act, PutItem put, LedgerItem before, ItemContent after, Signatures signatures)
    {
        if (!put.Texts.IsEmpty) DemandReader(state, before.Content, act.Signer, "change what is sealed in it");
        var handsOn = after.Groups.Except(before.Content.Groups).Any();
        foreach (var kind in Enum.GetValues<VaultTextKind>())
        {
            if (before.Newest(kind) is not { } newest || !(handsOn || put.Texts.Any(text => text.Kind == kind)))
                continue;
            var text = ReadProof.Text(state.Vault, act.After, put.Item, kind, act.Signer);
            if (!put.Proofs.Any(proof => proof.Kind == kind
                && signatures.Verify(newest.AccessKey, text, proof.Signature)))
                throw SecureUserDataException.Denied(
                    "Only who has read what is sealed there may replace it or hand it on: read it first.");
        }
    }

    private static ImmutableArray<LedgerText> Texts(
        SignedAct act, PutItem put, LedgerItem? before, ItemContent content)
    {
        if (content.IsRemoved) return [];
        var texts = before?.Texts ?? [];
        foreach (var added in put.Texts)
        {
            if (added.Kind == VaultTextKind.Secret && put.Item.Kind != VaultItemKind.Service)
                throw SecureUserDataException.Invalid("Only a service has a secret: write notes.");
            if (added.Version != (before?.Newest(added.Kind)?.Version ?? 0) + 1)
                throw SecureUserDataException.Conflict("Somebody else has changed this meanwhile: look again.");
            var kept = added.Kind == VaultTextKind.Secret ? VaultLimits.SecretVersions : 1;
            texts = texts.RemoveAll(text => text.Kind == added.Kind && text.Version <= added.Version - kept)
                .Add(new LedgerText(
                    added.Kind, added.Version, act.At, act.Signer, added.AccessKey, added.Commitment, added.Digest));
        }
        if (!texts.IsEmpty && content.Groups.Length == 0)
            throw SecureUserDataException.Invalid("Nobody could read what is sealed there: name a group that may.");
        return texts;
    }

    private static void DemandReader(LedgerState state, ItemContent content, VaultUserId by, string what)
    {
        if (content.Groups.Length == 0 || state.IsInOneOf(by, content.Groups)) return;
        throw SecureUserDataException.Denied($"Only a member of one of its groups may {what}.");
    }

    private static bool IsAdministratedBy(LedgerState state, VaultGroupId group, VaultUserId user) =>
        state.Active(user) is not null
        && state.Groups.GetValueOrDefault(group) is { } there && (there.IsRemoved || there.IsAdministratedBy(user));
}
