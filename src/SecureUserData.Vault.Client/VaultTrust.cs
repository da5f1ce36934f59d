using System.Security.Cryptography;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault;

/// <summary>What a client believes of a vault: everything from the first administrator's fingerprint on, each act
/// verified once and remembered. A server that shows something else later is found out.</summary>
/// <param name="vault">The vault.</param>
/// <param name="root">The first administrator's fingerprint.</param>
public sealed partial class VaultTrust(VaultId vault, byte[] root)
{
    private const string Context = "SecureUserData vault root v1";

    /// <summary>The users and groups after each act; the one before the first.</summary>
    private readonly List<LedgerState> _states = [new LedgerState(vault)];
    private readonly List<Signed> _acts = [];
    private readonly Dictionary<VaultItemId, (long Version, byte[] Hash)> _items = [];
    private readonly Dictionary<(VaultItemId Item, VaultTextKind Kind), (long Version, byte[] Hash)> _texts = [];

    /// <summary>The vault.</summary>
    public VaultId Vault => vault;

    /// <summary>The first administrator's fingerprint.</summary>
    public byte[] Root => root;

    /// <summary>The users and groups.</summary>
    public LedgerState Ledger => _states[^1];

    /// <summary>The acts that were verified, oldest first.</summary>
    public IReadOnlyList<Signed> Acts => _acts;

    /// <summary>When the newest act or record was signed that was seen, by its signer's clock.</summary>
    public DateTimeOffset Newest { get; private set; }

    /// <summary>The newest version of each item that was seen.</summary>
    internal IReadOnlyDictionary<VaultItemId, (long Version, byte[] Hash)> Items => _items;

    /// <summary>The newest version of each secret and of notes that was seen.</summary>
    internal IReadOnlyDictionary<(VaultItemId Item, VaultTextKind Kind), (long Version, byte[] Hash)> Texts => _texts;

    /// <summary>The fingerprint of a first administrator.</summary>
    public static byte[] Fingerprint(VaultId vault, VaultUserId user, VaultKeys keys) => SHA256.HashData(
        new FieldWriter().Text(Context).Text($"{vault}").Text($"{user}").Bytes(keys.Sealing).Bytes(keys.Signing)
            .ToArray());

    /// <summary>The users and groups that a signer knew of.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> when the act is on another chain than
    /// the one that was seen.</exception>
    internal LedgerState At(VaultHead known) =>
        known.Sequence >= 0 && known.Sequence < _states.Count && _states[(int)known.Sequence].Head.IsSame(known)
            ? _states[(int)known.Sequence]
            : throw Forked();

    /// <summary>Whether something was signed by who knows acts that this client has not seen.</summary>
    internal bool IsBehind(VaultHead known) => known.Sequence >= _states.Count;

    /// <summary>Demands that a server's newest act is one that this client can go on to.</summary>
    internal void CheckHead(VaultHead head)
    {
        if (head.Sequence < Ledger.Head.Sequence) throw RolledBack();
        if (head.Sequence == Ledger.Head.Sequence) At(head);
    }

    /// <summary>Verifies the next act and remembers it.</summary>
    internal void Take(Signed signed, Signatures signatures)
    {
        var next = VaultLedger.Apply(Ledger, signed, signatures);
        if (Ledger.Head.Sequence == 0)
        {
            var (user, first) = next.Users.Single();
            if (!CryptographicOperations.FixedTimeEquals(Fingerprint(vault, user, first.Keys!), root))
                throw new SecureUserDataException(
                    ErrorCode.Tampered,
                    "This vault was not founded by whom the invitation names: do not use it, and tell who invited "
                    + "you.");
        }
        _states.Add(next);
        _acts.Add(signed);
        SignedAt(next.At);
    }

    /// <summary>Remembers an item's version.</summary>
    /// <returns>False when it is the one that was seen last, and need not be verified again.</returns>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> when it is older, or another one of
    /// the same number, or does not follow the one that was seen.</exception>
    internal bool IsNew(VaultItemId item, long version, byte[] previous, byte[] hash)
    {
        if (!_items.TryGetValue(item, out var seen) || version > seen.Version + 1) return true;
        if (version == seen.Version + 1 && previous.AsSpan().SequenceEqual(seen.Hash)) return true;
        if (version == seen.Version && hash.AsSpan().SequenceEqual(seen.Hash)) return false;
        throw RolledBack();
    }

    internal void Saw(VaultItemId item, long version, byte[] hash) => _items[item] = (version, hash);

    /// <summary>Remembers a version of a secret or of notes, if it is the newest that was seen.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> when it is another one of the same
    /// number.</exception>
    internal void SawText(VaultItemId item, VaultTextKind kind, long version, byte[] hash)
    {
        if (!_texts.TryGetValue((item, kind), out var seen) || version > seen.Version)
            _texts[(item, kind)] = (version, hash);
        else if (version == seen.Version && !hash.AsSpan().SequenceEqual(seen.Hash)) throw RolledBack();
    }

    /// <summary>Demands that what is shown as the newest version is not older than one that was seen: an old secret is
    /// one that somebody who has left knows.</summary>
    internal void CheckNewest(VaultItemId item, VaultTextKind kind, long version)
    {
        if (_texts.TryGetValue((item, kind), out var seen) && version < seen.Version) throw RolledBack();
    }

    internal void SignedAt(DateTimeOffset at) => Newest = at > Newest ? at : Newest;

    private static SecureUserDataException RolledBack() => new(
        ErrorCode.Tampered,
        "The server shows something older than what it has shown before: do not use it, and tell its operators.");

    private static SecureUserDataException Forked() => new(
        ErrorCode.Tampered,
        "The server shows you other acts than it shows somebody else: do not use it, and tell its operators.");
}
