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

    private readonly List<Signed> _acts = [];

    /// <summary>The chain's place after each act; the one before the first, too.</summary>
    private readonly List<VaultHead> _heads = [VaultHead.Start];

    /// <summary>The vault.</summary>
    public VaultId Vault => vault;

    /// <summary>The first administrator's fingerprint.</summary>
    public byte[] Root => root;

    /// <summary>The users, groups and items.</summary>
    public LedgerState Ledger { get; private set; } = new(vault);

    /// <summary>The acts that were verified, oldest first.</summary>
    public IReadOnlyList<Signed> Acts => _acts;

    /// <summary>When the newest act was signed that was seen, by its signer's clock.</summary>
    public DateTimeOffset Newest { get; private set; }

    /// <summary>The fingerprint of a first administrator.</summary>
    public static byte[] Fingerprint(VaultId vault, VaultUserId user, VaultKeys keys) => SHA256.HashData(
        new FieldWriter().Text(Context).Text($"{vault}").Text($"{user}").Bytes(keys.Sealing).Bytes(keys.Signing)
            .ToArray());

    /// <summary>Demands that what a signer knew is on the chain that was seen.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> when it is on another one.
    /// </exception>
    internal void Check(VaultHead known)
    {
        if (known.Sequence < 0 || IsBehind(known) || !_heads[(int)known.Sequence].IsSame(known)) throw Forked();
    }

    /// <summary>Whether something was signed by who knows acts that this client has not seen.</summary>
    internal bool IsBehind(VaultHead known) => known.Sequence >= _heads.Count;

    /// <summary>Demands that a server's newest act is one that this client can go on to.</summary>
    internal void CheckHead(VaultHead head)
    {
        if (head.Sequence < Ledger.Head.Sequence) throw RolledBack();
        if (!IsBehind(head)) Check(head);
    }

    /// <summary>Verifies the next act and remembers it.</summary>
    internal void Take(Signed signed, Signatures signatures) => Took(signed, Next(signed, signatures));

    /// <summary>What an act makes of the vault, verified.</summary>
    internal LedgerState Next(Signed signed, Signatures signatures)
    {
        var next = VaultLedger.Apply(Ledger, signed, signatures);
        if (Ledger.Head.Sequence > 0) return next;
        var (user, first) = next.Users.Single();
        return CryptographicOperations.FixedTimeEquals(Fingerprint(vault, user, first.Keys!), root)
            ? next
            : throw new SecureUserDataException(
                ErrorCode.Tampered,
                "This vault was not founded by whom the invitation names: do not use it, and tell who invited you.");
    }

    /// <summary>Remembers an act.</summary>
    /// <param name="signed">The act.</param>
    /// <param name="next">From <see cref="Next"/>.</param>
    internal void Took(Signed signed, LedgerState next)
    {
        _acts.Add(signed);
        _heads.Add(next.Head);
        Ledger = next;
        Newest = next.At > Newest ? next.At : Newest;
    }

    private static SecureUserDataException RolledBack() => new(
        ErrorCode.Tampered,
        "The server shows something older than what it has shown before: do not use it, and tell its operators.");

    private static SecureUserDataException Forked() => new(
        ErrorCode.Tampered,
        "The server shows you other acts than it shows somebody else: do not use it, and tell its operators.");
}
