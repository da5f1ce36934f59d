using System.Collections.Immutable;
using System.Security.Cryptography;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault.Items;

/// <summary>The rules of what is sealed in an item: each text has a seal for each of the item's groups, and for no
/// other.</summary>
/// <param name="ledger">The users and groups that have to do with it.</param>
/// <param name="item">The item, after the act that the seals go with.</param>
/// <param name="signer">Who has to have signed the seals.</param>
/// <param name="signatures">Verifies.</param>
public sealed class ItemSeals(LedgerState ledger, LedgerItem item, VaultUserId signer, Signatures signatures)
{
    private const int NonceAndTag = 12 + 16;

    /// <summary>Takes ciphertexts and seals.</summary>
    /// <param name="before">What is kept so far.</param>
    /// <param name="ciphertexts">Those that the act has added, and no other.</param>
    /// <param name="seals">To the keys that the groups have now; they take the place of those to older keys.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when something lacks or does not
    /// belong; <see cref="ErrorCode.Conflict"/> when a group has another key by now; <see cref="ErrorCode.Tampered"/>
    /// when a signature or a digest is wrong.</exception>
    public KeptItem Apply(
        ImmutableArray<KeptText> before, IReadOnlyList<VaultCiphertext> ciphertexts, IReadOnlyList<Signed> seals)
    {
        var kept = item.Texts.Select(text => Find(before, text) ?? Take(ciphertexts, text)).ToList();
        if (ciphertexts.Count != kept.Except(before).Count())
            throw SecureUserDataException.Invalid("A ciphertext is there that nothing was signed of: sign it.");
        var read = seals.Select(signed => (Seal: Seal.Read(signed.Body), Signed: signed)).ToList();
        foreach (var (seal, signed) in read) Check(seal, signed);
        if (read.DistinctBy(seal => (seal.Seal.Purpose, seal.Seal.Version, seal.Seal.Group)).Count() != read.Count)
            throw SecureUserDataException.Invalid("A seal is there twice: send each once.");
        return new KeptItem(item)
        {
            Texts = [.. kept.Select(text => text with { Seals = With(text, read) })],
        };
    }

    private ImmutableArray<KeptSeal> With(KeptText text, IReadOnlyList<(Seal Seal, Signed Signed)> added)
    {
        var seals = text.Seals.Where(seal => item.Content.Groups.Contains(seal.Group)).ToList();
        foreach (var (seal, signed) in added)
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
        return seals.Count == item.Content.Groups.Length
            ? [.. seals.OrderBy(seal => $"{seal.Group}", StringComparer.Ordinal)]
            : throw SecureUserDataException.Invalid(
                "A group could not read it: send a seal for each group and each version that is kept.");
    }

    private void Check(Seal seal, Signed signed)
    {
        if (!seal.IsWhole || seal.Vault != ledger.Vault || seal.Subject != $"{item.Id}"
            || seal.Purpose == SealPurpose.GroupKey
            || !item.Texts.Any(text => text.Kind == (VaultTextKind)seal.Purpose && text.Version == seal.Version))
            throw SecureUserDataException.Invalid("That was sealed for something else.");
        if (!item.Content.Groups.Contains(seal.Group))
            throw SecureUserDataException.Invalid("That was sealed for a group which this is not in.");
        ledger.Group(seal.Group).DemandSealable();
        if (seal.KeyVersion != ledger.Group(seal.Group).KeyVersion)
            throw SecureUserDataException.Conflict("The group has a newer key by now: seal it to that one.");
        if (seal.Signer != signer)
            throw SecureUserDataException.Denied("Everybody signs for himself: sign in as the signer.");
        signatures.Demand(ledger.Active(signer)!.Keys!.Signing, signed.Body, signed.Signature, "a seal");
    }

    private KeptText Take(IReadOnlyList<VaultCiphertext> ciphertexts, LedgerText text)
    {
        var sent = ciphertexts.FirstOrDefault(sent => sent.Kind == text.Kind && sent.Version == text.Version)
            ?? throw SecureUserDataException.Invalid("The ciphertext lacks that was signed: send it.");
        if (sent.Bytes.Length is < NonceAndTag or > VaultLimits.SecretBytes + NonceAndTag)
            throw SecureUserDataException.Invalid(
                $"A secret, or notes, has at most {VaultLimits.SecretBytes} bytes: shorten it.");
        VerifyingKey.From(text.AccessKey).Dispose(); // or nobody could replace it
        return SHA256.HashData(sent.Bytes).AsSpan().SequenceEqual(text.Digest)
            ? new KeptText(text.Kind, text.Version, sent.Bytes)
            : throw SecureUserDataException.Tampered($"what was sent for {item.Id}");
    }

    private static KeptText? Find(ImmutableArray<KeptText> kept, LedgerText text) =>
        kept.FirstOrDefault(there => there.Kind == text.Kind && there.Version == text.Version);
}
