using System.Security.Cryptography;
using SecureUserData.Vault.Items;

namespace SecureUserData.Vault;

// How what is handed out is opened.
public sealed partial class VaultClient
{
    private const int Listed = 20;

    /// <summary>A text's key and its ciphertext: the one that was signed.</summary>
    private async Task<(TextKey Key, byte[] Ciphertext)> OpenAsync(LedgerItem item, LedgerText text)
    {
        var handed = await ItemAsync(item.Id, there => there.GetTextAsync(text.Kind, text.Version));
        if (handed is not { Ciphertext: not null, Seals: not null }
            || !SHA256.HashData(handed.Ciphertext).AsSpan().SequenceEqual(text.Digest))
            throw SecureUserDataException.Tampered($"{item.Id}");
        SecureUserDataException? junk = null;
        foreach (var signed in handed.Seals)
        {
            var seal = Read(signed, item);
            if (seal.Purpose != (SealPurpose)text.Kind || seal.Version != text.Version)
                throw SecureUserDataException.Tampered($"{item.Id}");
            await CheckAsync(seal, signed);
            try
            {
                if (await _groupKeys.FindAsync(seal.Group, seal.KeyVersion) is not { } group) continue;
                if (Open(seal, group, text) is { } key) return (key, handed.Ciphertext);
                junk = Junk(item, seal);
            }
            catch (SecureUserDataException e) when (e.Code == ErrorCode.Tampered)
            {
                junk = e;
            }
            // another group's may be right
        }
        throw junk ?? GroupKeyRing.Missing();
    }

    private readonly Dictionary<(VaultGroupId Group, int Version, SealPurpose Purpose), HpkeReceiver> _receivers = [];

    /// <summary>Opens a seal; null when what is in it is not the text's key.</summary>
    private TextKey? Open(Seal seal, SealingKey group, LedgerText text)
    {
        var name = (seal.Group, seal.KeyVersion, seal.Purpose);
        if (!_receivers.TryGetValue(name, out var receiver))
            _receivers[name] = receiver = new HpkeReceiver(group, seal.Info());
        var key = TextKey.From(receiver.Open(seal.Binding(group.PublicKey), seal.Bytes));
        if (CryptographicOperations.FixedTimeEquals(key.Commitment(), text.Commitment)) return key;
        key.Dispose();
        return null;
    }

    /// <summary>A seal for one of an item's groups.</summary>
    private Seal Read(Signed? signed, LedgerItem item)
    {
        try
        {
            if (signed is { Body: not null, Signature: not null } && Seal.Read(signed.Body) is var seal
                && seal.Vault == _trust.Vault && seal.Subject == $"{item.Id}"
                && item.Content.Groups.Contains(seal.Group))
                return seal;
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.Invalid)
        {
            // told below
        }
        throw SecureUserDataException.Tampered($"{item.Id}");
    }

    /// <summary>Demands that a user of the vault has signed a seal, on the chain that this client has seen.</summary>
    private async Task CheckAsync(Seal seal, Signed signed)
    {
        if (_trust.IsBehind(seal.Known)) await RefreshAsync();
        _trust.Check(seal.Known);
        if (Ledger.Users.GetValueOrDefault(seal.Signer)?.Keys is not { } keys)
            throw SecureUserDataException.Tampered(seal.Subject);
        _signatures.Demand(keys.Signing, signed.Body, signed.Signature, seal.Subject);
    }

    private static SecureUserDataException Junk(LedgerItem item, Seal seal) => new(
        ErrorCode.Tampered,
        $"What is sealed to {seal.Group} is not the key of {item.Id}: have it sealed again by another group.");

    private static SecureUserDataException Junk(VaultGroupId group, IReadOnlyList<VaultItemId> items) => new(
        ErrorCode.Tampered,
        $"What is sealed to {group} is not the key of {string.Join(", ", items.Take(Listed))}"
        + $"{(items.Count > Listed ? " and others" : "")}: have it sealed again by another group. All else is sealed.");
}
