using System.Collections.Concurrent;

namespace SecureUserData.Vault.Ledger;

/// <summary>Verifies signatures; keys are imported once.</summary>
/// <param name="areVerified">Whether all that comes was verified before, so that its signatures and keys are taken as
/// they are.</param>
public sealed class Signatures(bool areVerified = false)
{
    private const int Kept = 1_024;

    private readonly ConcurrentDictionary<string, VerifyingKey> _keys = new();

    /// <summary>Demands that a key's holder signed.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> when not.</exception>
    internal void Demand(byte[] publicKey, ReadOnlySpan<byte> body, byte[] signature, string what)
    {
        if (!Verify(publicKey, body, signature))
            throw new SecureUserDataException(
                ErrorCode.Tampered, $"The signature of {what} is not its signer's: nothing of it is taken.");
    }

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is no public key on
    /// P-256.</exception>
    internal void CheckKey(byte[] publicKey)
    {
        if (!areVerified) VerifyingKey.From(publicKey).Dispose();
    }

    internal bool Verify(byte[] publicKey, ReadOnlySpan<byte> body, byte[] signature)
    {
        if (areVerified) return true;
        var name = Convert.ToBase64String(publicKey);
        if (!_keys.TryGetValue(name, out var key))
        {
            // Keys that are forgotten may be in use still: the collector frees them.
            if (_keys.Count >= Kept) _keys.Clear();
            key = _keys.GetOrAdd(name, VerifyingKey.From(publicKey));
        }
        lock (key) return key.Verify(body, signature);
    }
}
