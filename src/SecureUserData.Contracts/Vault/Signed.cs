namespace SecureUserData.Vault;

/// <summary>What a user of a vault has said and signed: <c>{ body, ECDSA P-256 with SHA-256 over it }</c>. The layouts
/// of bodies are in <c>docs/vault-protocol.md</c>.</summary>
/// <param name="Body">The bytes that are signed.</param>
/// <param name="Signature">64 bytes, as in IEEE P1363.</param>
public sealed record Signed(byte[] Body, byte[] Signature);

/// <summary>A place in a vault's chain of acts.</summary>
/// <param name="Sequence">The number of the newest act, 0 before the first.</param>
/// <param name="Hash">The chain's value after it: 32 bytes, zeros before the first act.</param>
public sealed record VaultHead(long Sequence, byte[] Hash)
{
    /// <summary>Before the first act.</summary>
    public static VaultHead Start { get; } = new(0, new byte[32]);

    /// <summary>Whether both name the same place.</summary>
    public bool IsSame(VaultHead other) => Sequence == other.Sequence && Hash.AsSpan().SequenceEqual(other.Hash);
}
