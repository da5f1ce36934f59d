using System.Collections.Immutable;
using System.Security.Cryptography;
using SecureUserData.Vault.Items;

namespace SecureUserData.Vault;

// How changes of items are written.
public sealed partial class VaultClient
{
    /// <summary>A change of an item on top of the newest act.</summary>
    private sealed class ItemDraft(VaultClient client, VaultItemId id, GroupSenders senders)
    {
        private readonly ImmutableArray<NewText>.Builder _texts = ImmutableArray.CreateBuilder<NewText>();
        private readonly ImmutableArray<ReadProof>.Builder _proofs = ImmutableArray.CreateBuilder<ReadProof>();

        internal ItemContent? Content { get; set; }

        internal List<VaultCiphertext> Texts { get; } = [];

        internal List<Signed> Seals { get; } = [];

        internal PutItem ToAct() => new(id, Content) { Texts = _texts.ToImmutable(), Proofs = _proofs.ToImmutable() };

        /// <summary>Encrypts a text under a fresh key, for all groups of the item.</summary>
        internal void Add(ItemContent content, VaultTextKind kind, long version, byte[] plaintext)
        {
            using var key = TextKey.Generate();
            using var access = key.AccessKey();
            var ciphertext = key.Encrypt(plaintext, NewText.Binding(client._trust.Vault, id, kind, version));
            _texts.Add(new NewText(
                kind, version, access.PublicKey.ToArray(), key.Commitment(), SHA256.HashData(ciphertext)));
            Texts.Add(new VaultCiphertext(kind, version, ciphertext));
            foreach (var group in content.Groups) Seal(group, kind, version, key);
        }

        /// <summary>Shows that a text was read: the key of its newest version is here.</summary>
        internal void Prove(VaultTextKind kind, TextKey key)
        {
            using var access = key.AccessKey();
            _proofs.Add(new ReadProof(
                kind, access.Sign(ReadProof.Text(client._trust.Vault, client.Ledger.Head, id, kind, client.Me))));
        }

        /// <summary>Seals a text's key to a group's newest key.</summary>
        internal void Seal(VaultGroupId group, VaultTextKind kind, long version, TextKey key)
        {
            var there = client.Ledger.Group(group);
            there.DemandSealable();
            var seal = new Seal(
                client._trust.Vault, (SealPurpose)kind, group, there.KeyVersion, $"{id}", version, client.Ledger.Head,
                client._time.GetUtcNow(), client.Me, []);
            var bytes = senders.To(there.Key, seal).Seal(seal.Binding(there.Key), key.Bytes);
            Seals.Add(client.Sign((seal with { Bytes = bytes }).ToBody()));
        }
    }

    /// <summary>What seals to groups, for as long as one operation lasts.</summary>
    private sealed class GroupSenders : IDisposable
    {
        private readonly Dictionary<(string Key, SealPurpose Purpose), HpkeSender> _senders = [];

        internal HpkeSender To(byte[] key, Seal seal)
        {
            var name = (Convert.ToBase64String(key), seal.Purpose);
            if (_senders.TryGetValue(name, out var sender)) return sender;
            using var recipient = SealingPublicKey.From(key);
            return _senders[name] = new HpkeSender(recipient, seal.Info());
        }

        public void Dispose()
        {
            foreach (var sender in _senders.Values) sender.Dispose();
        }
    }
}
